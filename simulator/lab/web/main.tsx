import { render } from 'preact';
import { App } from './app.tsx';
import { askFaults, askStories, follow } from './lab.ts';

follow();
void askFaults();
void askStories();

const place = document.getElementById('page');
if (place) render(<App />, place);

import { render } from 'preact';
import { App } from './app.tsx';
import { askFaults, follow } from './lab.ts';

follow();
void askFaults();

const place = document.getElementById('page');
if (place) render(<App />, place);

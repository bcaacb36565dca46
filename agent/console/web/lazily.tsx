import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { tellUnsent } from './told.ts';

export interface Closable {
  readonly onClose?: () => void;
}

/** A part of the page that is fetched when somebody comes to it. One that cannot be had now is closed again. */
export function lazily<P extends Closable>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  return (props: P) => {
    const [Part, setPart] = useState<FunctionComponent<P> | undefined>(undefined);
    useEffect(() => {
      load()
        .then((loaded) => setPart(() => loaded))
        .catch(() => {
          tellUnsent();
          props.onClose?.();
        });
    }, []);
    return Part ? <Part {...props} /> : null;
  };
}

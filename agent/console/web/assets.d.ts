/** A file that the build gives a name of its own; its address. */
declare module '*.svg' {
  const address: string;
  export default address;
}

/** A style that the build puts beside the script that imports it. */
declare module '*.css';

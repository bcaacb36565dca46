/** A file that the build gives a name of its own; its address. */
declare module '*.svg' {
  const address: string;
  export default address;
}

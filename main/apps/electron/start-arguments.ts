/** Begins with a slash, and holds nothing that an address would not leave as it is. */
const page =
  /^--page=(\/(?:clusters|runs|new|profiles|templates|credentials|settings|diagnostics)(?:[/?][\w/?=&%.~-]{0,400})?)$/;

export interface StartArguments {
  /** A route of the renderer to open. */
  readonly page?: string;
  /** Only try whether everything needed is there. */
  readonly selfCheck: boolean;
}

/**
 * What was asked for on the command line, of this process or of a second one that found us running. Anybody on this
 * desktop can start us with anything (a link, a file manager, Chromium's own switches): what is not exactly ours is
 * left out, and nothing of it is ever a path or an address.
 */
export function startArguments(argv: readonly string[]): StartArguments {
  const asked = argv.flatMap((argument) => page.exec(argument)?.[1] ?? []).at(-1);
  return { ...(asked === undefined ? {} : { page: asked }), selfCheck: argv.includes('--self-check') };
}

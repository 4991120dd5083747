export interface FileFilter {
  readonly name: string;
  /** Without a dot. */
  readonly extensions: string[];
}

/** The system's own file dialogs: the person chooses, a page never names a path. */
export interface FileDialogs {
  /** `undefined` when the person chose none. */
  openText(filters: readonly FileFilter[]): Promise<{ readonly name: string; readonly text: string } | undefined>;
  /** Answers where; `undefined` when the person chose no place. */
  saveText(suggestedName: string, text: string, filters: readonly FileFilter[]): Promise<string | undefined>;
}

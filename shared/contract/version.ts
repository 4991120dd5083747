/** Rises with every change that an older renderer or host would not understand. */
export const contractVersion = 1;

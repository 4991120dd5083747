import { defineErrors } from './define.ts';

/** The desktop application: its own files, and those that the person chooses. */
export const desktopErrors = defineErrors('desktop', {
  no_pages: {
    params: ['folder'],
    cause: 'The application has no pages in {folder}.',
    hint: 'Install it again. From a clone: npm run app',
    retry: 'never',
  },
  not_readable: {
    params: ['name', 'reason'],
    cause: 'The file {name} cannot be read: {reason}.',
    hint: 'Choose a text file of at most 1 MiB that you may read.',
    retry: 'never',
  },
  not_writable: {
    params: ['name', 'reason'],
    cause: 'The file {name} cannot be written: {reason}.',
    hint: 'Choose a folder that you may write to.',
    retry: 'never',
  },
});

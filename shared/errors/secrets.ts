import { defineErrors } from './define.ts';

/** The vault itself: where its data key comes from, and whether what it sealed can be opened. */
export const secretsErrors = defineErrors('secrets', {
  no_keychain: {
    params: ['reason'],
    cause: "The system's keychain cannot be used: {reason}.",
    hint: 'Set SLIPWAY_PASSPHRASE_FILE to a file that only you can read (mode 0600) with a long passphrase in it, or start a keychain (on Linux: gnome-keyring or KWallet in a D-Bus session).',
    retry: 'never',
  },
  keychain_entry_missing: {
    params: ['service', 'account'],
    cause: 'The keychain is locked, or has no entry "{service}" / "{account}" any more: the key to all sealed secrets.',
    hint: 'Unlock the keychain of the user who made this inventory, or restore that entry from a backup. Slipway makes no new key over old secrets.',
    retry: 'never',
  },
  wrong_key: {
    params: ['service', 'account'],
    cause: 'The keychain entry "{service}" / "{account}" is not the key that this inventory was sealed with.',
    hint: 'Restore that entry from a backup, or use the home folder that belongs to this keychain (SLIPWAY_HOME).',
    retry: 'never',
  },
  made_with_keychain: {
    params: ['home'],
    cause: 'The inventory in {home} was sealed with the keychain, but a passphrase file was given.',
    hint: 'Unset SLIPWAY_PASSPHRASE_FILE, or set SLIPWAY_HOME to the inventory that belongs to that passphrase.',
    retry: 'never',
  },
  made_with_passphrase: {
    params: ['home'],
    cause: 'The inventory in {home} was sealed with a passphrase file, but none was given.',
    hint: 'Set SLIPWAY_PASSPHRASE_FILE to the file that was used when the inventory was made.',
    retry: 'never',
  },
  passphrase_file_unreadable: {
    params: ['path', 'reason'],
    cause: 'The passphrase file {path} cannot be read: {reason}.',
    hint: 'Set SLIPWAY_PASSPHRASE_FILE to a regular file with the passphrase on its first line.',
    retry: 'never',
  },
  passphrase_file_exposed: {
    params: ['path', 'mode'],
    cause: 'The passphrase file {path} has mode {mode}: others than its owner can use it.',
    hint: 'Run: chmod 600 {path}. If others may have read it, choose a new passphrase.',
    retry: 'never',
  },
  passphrase_empty: {
    params: ['path'],
    cause: 'The passphrase file {path} is empty.',
    hint: 'Write a long passphrase on its first line, such as the output of: openssl rand -base64 32.',
    retry: 'never',
  },
  wrong_passphrase: {
    params: ['path'],
    cause: 'The passphrase in {path} does not open this inventory.',
    hint: 'Use the passphrase file with which the inventory was made. If it is the right one, vault.json in the home folder was changed: restore it from a backup.',
    retry: 'never',
  },
  record_unusable: {
    params: ['path', 'reason'],
    cause: '{path} says how the secrets are sealed, and cannot be used: {reason}.',
    hint: 'Restore the file from a backup. Slipway leaves it as it is; without it the sealed secrets cannot be opened.',
    retry: 'never',
  },
  tampered: {
    params: ['context'],
    cause: 'The sealed value of "{context}" does not open: it was changed, moved, or sealed with another key.',
    hint: 'Restore slipway.db and vault.json in the home folder together from one backup.',
    retry: 'never',
  },
});

/** One secret that the spec refers to. */
export const secretErrors = defineErrors('secret', {
  missing: {
    params: ['reference'],
    cause: 'The secret {reference} does not exist.',
    hint: 'Create the file, set the environment variable or store the value in the inventory, as the reference says; or correct the reference in the spec.',
    retry: 'never',
  },
  empty: {
    params: ['reference'],
    cause: 'The secret {reference} is empty.',
    hint: 'Put the value there, or correct the reference in the spec.',
    retry: 'never',
  },
  unreadable: {
    params: ['reference', 'reason'],
    cause: 'The secret {reference} cannot be read: {reason}.',
    hint: 'Make it a regular file of at most 1 MiB that you can read.',
    retry: 'never',
  },
  bad_name: {
    params: ['name'],
    cause: 'A secret cannot be called "{name}".',
    hint: 'Use lower-case letters, digits, "-", "." and "/": specs name it as vault:name.',
    retry: 'never',
  },
  exists: {
    params: ['name'],
    cause: 'There is already a secret {name}.',
    hint: 'Choose another name, or replace it.',
    retry: 'never',
  },
  unknown: {
    params: ['name', 'known'],
    cause: 'There is no secret {name} in the inventory.',
    hint: 'There are: {known}.',
    retry: 'never',
  },
  in_use: {
    params: ['name', 'users'],
    cause: 'The secret {name} is named by: {users}.',
    hint: 'Remove these first, or let them name another secret.',
    retry: 'never',
  },
  bad_reference: {
    params: [],
    cause: 'A secret reference in the spec is not file:/path, env:NAME or vault:name.',
    hint: 'Give where the secret is, never the secret itself.',
    retry: 'never',
  },
});

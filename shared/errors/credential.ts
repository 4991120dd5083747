import { defineErrors } from './define.ts';

/** Cloud credentials of the inventory. Never with a password in them. */
export const credentialErrors = defineErrors('credential', {
  exists: {
    params: ['name'],
    cause: 'There is already a cloud credential {name}.',
    hint: 'Choose another name, or change it: slipway credential update {name}',
    retry: 'never',
  },
  unknown: {
    params: ['name', 'known'],
    cause: 'There is no cloud credential {name} in the inventory.',
    hint: 'There are: {known}. Add one: slipway credential add <name>',
    retry: 'never',
  },
  in_use: {
    params: ['name', 'clusters'],
    cause: 'The cloud credential {name} is used by: {clusters}.',
    hint: 'Remove these clusters first ("slipway down"), or let them use another credential.',
    retry: 'never',
  },
  wrong_name: {
    params: ['name'],
    cause: '"{name}" cannot be the name of a cloud credential.',
    hint: 'Use lower-case letters, digits and "-", at most 63.',
    retry: 'never',
  },
  wrong_proxy: {
    params: [],
    cause: 'The proxy is not an address such as http://proxy.example.com:3128, or there is a password in it.',
    hint: 'Give scheme, host and port, with the user in front if it wants one (http://user@proxy:3128). Its password is given apart.',
    retry: 'never',
  },
  wrong_thumbprint: {
    params: ['thumbprint'],
    cause: '{thumbprint} is not the SHA-256 thumbprint of a certificate.',
    hint: 'Give 64 hexadecimal digits, with or without colons. A SHA-1 thumbprint (40 digits) says too little.',
    retry: 'never',
  },
  wrong_ca: {
    params: ['reason'],
    cause: 'The CA is not a certificate in PEM form: {reason}.',
    hint: 'Give the CA that vCenter offers on its start page ("Download trusted root CA certificates"), unpacked.',
    retry: 'never',
  },
  no_password: {
    params: ['name'],
    cause: 'The password of the cloud credential {name} is empty.',
    hint: 'Give the password of the vCenter user.',
    retry: 'never',
  },
});

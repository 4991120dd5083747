import type { CertificateInteraction } from '#main/api/vsphere/vcenters.ts';
import type { CommandContext } from './command.ts';
import { isYes } from './host-keys.ts';
import { printerFor } from './printer.ts';

/** Shows the certificate of a vCenter that no CA vouches for, and asks; without a terminal nothing is approved. */
export function certificateInteraction({ world, args }: CommandContext): CertificateInteraction {
  const printer = printerFor(world.stdout, world.env);
  return {
    async approveVcenterCertificate({ address, subject, issuer, names, validFrom, validTo, thumbprint }) {
      // The error that follows names the thumbprint, and how to approve it.
      if (args.flag('json') || !world.canAsk) return false;
      printer.text(`No CA that this computer trusts has signed the certificate of ${address}:`);
      printer.table([
        ['  Subject', subject],
        ['  Issuer', issuer],
        ['  Names', names.join(', ')],
        ['  Valid', `${validFrom} to ${validTo}`],
        ['  SHA-256', thumbprint],
      ]);
      printer.text("Compare it with vCenter's own, on its console or from a computer that you trust:");
      printer.text('  openssl x509 -fingerprint -sha256 -noout -in /etc/vmware-vpx/ssl/rui.crt');
      return isYes(await world.ask('Is it the same, and shall it be pinned? [y/N] '));
    },
  };
}

// Runs inside the private session of run.sh: `node keychain-child.ts <home> seal|open [<sealed>]`.
import { openVault } from '#main/secrets/vault.ts';
import { errorData } from '#shared/errors/define.ts';

const [home = '', command = '', sealed = ''] = process.argv.slice(2);
try {
  using vault = await openVault({ home });
  const value = command === 'seal' ? vault.seal('hunter2', 'test') : vault.open(sealed, 'test');
  console.log(JSON.stringify({ id: vault.id, kind: vault.describe().kind, value }));
} catch (thrown) {
  const { code, cause, hint } = errorData(thrown);
  console.log(JSON.stringify({ code, cause, hint }));
}

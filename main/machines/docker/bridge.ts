import type { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { dockerErrors } from '#shared/errors/docker.ts';
import { quote } from '../shell.ts';
import type { SshConnection } from '../ssh/connection.ts';

export const dockerSocket = '/var/run/docker.sock';

const perl = `
use strict; use IO::Socket::UNIX; use IO::Select;
my $s = IO::Socket::UNIX->new(Peer => shift) or exit($!{EACCES} ? 95 : 94);
syswrite(STDOUT, "connected\\n");
my $both = IO::Select->new($s, \\*STDIN);
while ($both->count) {
  for my $from ($both->can_read) {
    my $n = sysread($from, my $data, 65536);
    if (!$n) { exit 0 if $from == $s; $both->remove($from); shutdown($s, 1); next }
    my $to = $from == $s ? \\*STDOUT : $s;
    for (my $o = 0; $o < $n;) { my $w = syswrite($to, $data, $n - $o, $o); exit 0 unless $w; $o += $w }
  }
}`;

const python = `
import errno, os, select, socket, sys
s = socket.socket(socket.AF_UNIX)
try: s.connect(sys.argv[1])
except OSError as e: sys.exit(95 if e.errno == errno.EACCES else 94)
os.write(1, b"connected\\n")
open_ = [s, 0]
while True:
  for f in select.select(open_, [], [])[0]:
    data = s.recv(65536) if f is s else os.read(0, 65536)
    if f is s:
      if not data: sys.exit(0)
      while data: data = data[os.write(1, data):]
    elif data: s.sendall(data)
    else: open_.remove(0); s.shutdown(socket.SHUT_WR)
`;

/**
 * Debian and Ubuntu always have perl (perl-base is essential), the dnf family always has python3. By sudo only where
 * the user may not use the socket himself.
 */
export const bridgeCommand = [
  'run() {',
  `  if command -v perl >/dev/null 2>&1; then exec $1 perl -e ${quote(perl)} ${dockerSocket}; fi`,
  `  if command -v python3 >/dev/null 2>&1; then exec $1 python3 -c ${quote(python)} ${dockerSocket}; fi`,
  '  exit 96',
  '}',
  `[ -e ${dockerSocket} ] || exit 94`,
  `[ -w ${dockerSocket} ] && run ""`,
  'sudo -n true 2>/dev/null && run "sudo -n --"',
  'exit 95',
].join('\n');

/**
 * The Docker socket where sshd does not connect it for us: forwarding forbidden, or the user needs sudo for the
 * socket. A small program on the machine joins a command's standard input and output with the socket.
 * @throws `docker.not_running`, `docker.socket_denied`, `docker.no_way_to_socket`; errors of `sshErrors`.
 */
export async function bridgeToDocker(connection: SshConnection, machine: string, signal: AbortSignal): Promise<Duplex> {
  const { channel, release } = await connection.openSession(`sh -c ${quote(bridgeCommand)}`, signal);
  channel.once('close', release);
  const exitCode = await connectedOrExit(channel);
  if (exitCode === 'connected') return channel;
  const context = { target: machine };
  switch (exitCode) {
    case 95:
      throw dockerErrors.socket_denied({ machine, user: connection.endpoint.user }, context);
    case 96:
      throw dockerErrors.no_way_to_socket({ machine }, context);
    default:
      throw dockerErrors.not_running({ machine }, context);
  }
}

function connectedOrExit(channel: ClientChannel): Promise<'connected' | number | undefined> {
  const greeting = Buffer.from('connected\n');
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0);
    // Not by 'data': a stream that was ever made to flow or paused does not wait for its next reader.
    const onReadable = () => {
      for (let chunk: unknown; (chunk = channel.read()) !== null;)
        if (chunk instanceof Uint8Array) seen = Buffer.concat([seen, chunk]);
      if (seen.length < greeting.length) return;
      channel.off('readable', onReadable);
      if (seen.length > greeting.length) channel.unshift(seen.subarray(greeting.length));
      resolve('connected');
    };
    channel.on('readable', onReadable);
    channel.stderr.resume();
    channel.once('close', (code?: number | null) => resolve(code ?? undefined));
  });
}

import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in a container to its end, through Docker and not through sshd. */
export async function execIn(container: Docker.Container, argv: readonly string[], input = ''): Promise<ExecResult> {
  const exec = await container.exec({
    Cmd: [...argv],
    AttachStdin: input !== '',
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: input !== '', stdin: input !== '' });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  container.modem.demuxStream(stream, stdout, stderr);
  stream.on('close', () => {
    stdout.end();
    stderr.end();
  });
  stream.on('end', () => {
    stdout.end();
    stderr.end();
  });
  if (input !== '') stream.end(input);
  const output = await Promise.all([text(stdout), text(stderr)]);
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, stdout: output[0], stderr: output[1] };
}

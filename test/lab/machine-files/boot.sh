#!/bin/sh
# Makes a container look like the machine a distribution's installer would have left. Runs at each boot, before sshd.
set -eu

# Real machines have this from systemd; in a container the runtime has made everything private, and Docker then refuses
# the kubelet's shared mounts.
mount --make-rshared /

# Docker binds its own file here, which names a resolver that only this network namespace can reach: pods could not.
if [ -s /etc/slipway-lab/resolv.conf ]; then
  cat /etc/slipway-lab/resolv.conf > /etc/resolv.conf
fi

if [ -s /etc/slipway-lab/passwords ]; then
  chpasswd < /etc/slipway-lab/passwords
  rm /etc/slipway-lab/passwords
fi

# Where the build machine lacks CAP_SYS_RESOURCE (bit 24), runc cannot start a privileged container: see oci-wrapper. The
# diversion keeps the wrapper in its place when a runc package is installed or upgraded.
capabilities=$(sed -n 's/^CapBnd:[[:space:]]*/0x/p' /proc/self/status)
if [ $((capabilities >> 24 & 1)) -eq 0 ] && [ ! -e /usr/sbin/runc ]; then
  dpkg-divert --local --rename --divert /usr/sbin/runc.real --add /usr/sbin/runc
  cp /usr/lib/slipway-lab/oci-wrapper /usr/sbin/runc
fi

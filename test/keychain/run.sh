#!/bin/sh
# Runs a command in a private D-Bus session with a keychain of its own, which is gone afterwards:
#   test/keychain/run.sh unlocked|locked|none COMMAND…
# `locked`: there is a keychain, but nobody gave its password. `none`: a session without any keychain.
set -eu
state=$1
shift
private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
# The person's own keyrings must be neither read nor changed.
export HOME="$private" XDG_DATA_HOME="$private/data" XDG_RUNTIME_DIR="$private/run" XDG_CONFIG_HOME="$private/config"
export XDG_CACHE_HOME="$private/cache" DISPLAY= WAYLAND_DISPLAY=
mkdir -m 700 "$XDG_RUNTIME_DIR"
# The session bus would start a keychain by itself when somebody asks for one; here it has no services to start.
cat >"$private/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=$private/run</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
CONF
case $state in
  unlocked) start='printf %s "password of the test" | gnome-keyring-daemon --unlock --components=secrets >/dev/null;' ;;
  locked) start='gnome-keyring-daemon --start --daemonize --components=secrets >/dev/null;' ;;
  none) start='' ;;
  *) echo "run.sh: unlocked, locked or none, not $state" >&2; exit 2 ;;
esac
# Not exec: the folder is removed after the session. The daemon ends by itself when its bus does.
dbus-run-session --config-file="$private/bus.conf" -- sh -c "$start"' "$@"' keychain "$@"

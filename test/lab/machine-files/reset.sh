#!/bin/bash
# Back to "Docker installed, images present, nothing running": everything a cluster leaves on a machine goes, whatever
# built it. Written for speed, and to work on a machine in any state; safe to run twice.
set -uo pipefail

in_parallel() { xargs --no-run-if-empty --max-procs=8 "$@"; }

# Docker first: a kubelet that is still there would start its pods again.
if systemctl --quiet is-active docker; then
  docker() { curl --silent --fail --show-error --unix-socket /run/docker.sock "$@"; }
  docker 'http://docker/containers/json?all=1' | grep --only-matching '{"Id":"[0-9a-f]*' | cut -d'"' -f4 |
    in_parallel -I ID curl --silent --unix-socket /run/docker.sock -X DELETE 'http://docker/containers/ID?force=1&v=1'
  docker -X POST http://docker/volumes/prune -d '' > /dev/null
fi

if systemctl --quiet is-active containerd; then
  ctr=(ctr --namespace k8s.io)
  "${ctr[@]}" tasks ls --quiet | in_parallel -n 1 "${ctr[@]}" tasks rm --force
  "${ctr[@]}" containers ls --quiet | in_parallel -n 4 "${ctr[@]}" containers rm
fi

# Deepest first.
findmnt --raw --noheadings --output TARGET |
  grep -E '^/(var/lib/kubelet|run/netns|run/containerd/io.containerd.grpc.v1.cri)/' | sort --reverse |
  xargs --no-run-if-empty umount --lazy
for name in cni0 flannel.1 flannel-v6.1 kube-ipvs0; do ip link delete $name 2> /dev/null; done
ip -o link | grep -oE 'veth[0-9a-f]+|cali[0-9a-f]+' | xargs --no-run-if-empty -n 1 ip link delete 2> /dev/null

for program in iptables ip6tables; do
  # In one transaction. Docker's own rules stay.
  $program-save | grep -vE 'KUBE-|FLANNEL|CNI-|flanneld|kubernetes' | $program-restore
done
nft list tables 2> /dev/null | grep -E ' kube-' | while read -r table; do nft delete "$table"; done

find /var/lib/kubelet /var/lib/etcd -mindepth 1 -delete 2> /dev/null
rm -rf /etc/kubernetes /etc/slipway /etc/cni/net.d /opt/cni /var/lib/cni /run/flannel /run/netns/cni-* \
  /var/log/pods /var/log/containers /var/log/kube-audit /var/lib/rancher

if systemctl --quiet is-active containerd; then
  # The CRI plugin keeps sandboxes in memory and on disk, and address reservations with them.
  rm -rf /var/lib/containerd/io.containerd.grpc.v1.cri/{containers,sandboxes} /run/containerd/io.containerd.grpc.v1.cri
  systemctl restart containerd
fi
true

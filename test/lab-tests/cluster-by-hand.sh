#!/bin/bash
# A cluster with nothing but Docker commands: proves the lab's machines and images without any of the product.
# Runs on a machine with Docker, as root:  bash cluster-by-hand.sh REGISTRY ADDRESS first|join
# "join" expects /etc/kubernetes of the first machine at its place.
set -euo pipefail
registry=$1 address=$2 role=$3
release=v1.36.3
pki=/etc/kubernetes/pki
config=/etc/kubernetes/admin.conf

certificate() { # FILE SUBJECT [EXTENSION]
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -CA $pki/ca.pem -CAkey $pki/ca.key \
    -keyout $pki/$1.key -out $pki/$1.pem -subj "$2" -addext basicConstraints=critical,CA:FALSE \
    ${3:+-addext "$3"} 2> /dev/null
}

start() { # NAME IMAGE ARGUMENTS…
  local name=$1 image=$2
  shift 2
  docker run --detach --name "$name" --net host --restart always --volume /etc/kubernetes:/etc/kubernetes \
    ${more:+$more} "$registry/$image" "$@" > /dev/null
}

if [ "$role" = first ]; then
  mkdir -p $pki
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -keyout $pki/ca.key -out $pki/ca.pem \
    -subj /CN=by-hand 2> /dev/null
  openssl genrsa -out $pki/sa.key 2048 2> /dev/null
  certificate apiserver /CN=kube-apiserver \
    "subjectAltName=IP:$address,IP:127.0.0.1,IP:10.43.0.1,DNS:kubernetes,DNS:kubernetes.default.svc"
  certificate front-proxy /CN=front-proxy
  certificate admin /O=system:masters/CN=admin
  cat > $config <<END
apiVersion: v1
kind: Config
current-context: c
contexts: [{ name: c, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "https://$address:6443", certificate-authority: $pki/ca.pem } }]
users: [{ name: u, user: { client-certificate: $pki/admin.pem, client-key: $pki/admin.key } }]
END
  more='--volume /var/lib/etcd:/var/lib/etcd' start etcd etcd:3.6.8-0 /usr/local/bin/etcd --data-dir /var/lib/etcd
  start kube-apiserver kube-apiserver:$release kube-apiserver --etcd-servers http://127.0.0.1:2379 \
    --advertise-address "$address" --service-cluster-ip-range 10.43.0.0/16 --authorization-mode Node,RBAC \
    --allow-privileged --kubelet-preferred-address-types InternalIP \
    --client-ca-file $pki/ca.pem --tls-cert-file $pki/apiserver.pem --tls-private-key-file $pki/apiserver.key \
    --kubelet-client-certificate $pki/admin.pem --kubelet-client-key $pki/admin.key \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file $pki/sa.key \
    --service-account-signing-key-file $pki/sa.key \
    --requestheader-client-ca-file $pki/ca.pem --requestheader-allowed-names front-proxy \
    --requestheader-username-headers X-Remote-User \
    --requestheader-group-headers X-Remote-Group --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file $pki/front-proxy.pem --proxy-client-key-file $pki/front-proxy.key \
    --enable-aggregator-routing
  start kube-controller-manager kube-controller-manager:$release kube-controller-manager --kubeconfig $config \
    --cluster-cidr 10.42.0.0/16 --allocate-node-cidrs --root-ca-file $pki/ca.pem \
    --service-account-private-key-file $pki/sa.key --use-service-account-credentials
  start kube-scheduler kube-scheduler:$release kube-scheduler --kubeconfig $config
fi

certificate kubelet "/CN=$HOSTNAME" "subjectAltName=IP:$address"
cat > /etc/kubernetes/kubelet.yaml <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
failSwapOn: false
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
tlsCertFile: $pki/kubelet.pem
tlsPrivateKeyFile: $pki/kubelet.key
authentication: { anonymous: { enabled: false }, x509: { clientCAFile: $pki/ca.pem }, webhook: { enabled: true } }
authorization: { mode: Webhook }
clusterDNS: [10.43.0.10]
clusterDomain: cluster.local
END
mkdir -p /etc/cni/net.d /opt/cni/bin
docker run --rm --volume /opt/cni:/host "$registry/rancher/hardened-cni-plugins:v1.9.1-build20260312" \
  cp -r /opt/cni/bin /host/
binds='/etc/kubernetes:/etc/kubernetes /var/lib/kubelet:/var/lib/kubelet:shared /run:/run:shared /sys:/sys /dev:/dev
  /var/lib/containerd:/var/lib/containerd:shared /var/log:/var/log /etc/cni:/etc/cni /opt/cni:/opt/cni
  /lib/modules:/lib/modules:ro'
more="--privileged --pid host $(printf -- '--volume %s ' $binds)" start kubelet siderolabs/kubelet:$release \
  --config /etc/kubernetes/kubelet.yaml --kubeconfig $config --node-ip "$address"
more='--privileged --volume /run:/run' start kube-proxy kube-proxy:$release kube-proxy --kubeconfig $config \
  --cluster-cidr 10.42.0.0/16 --conntrack-max-per-core 0 --conntrack-min 0 --conntrack-tcp-timeout-established 0 \
  --conntrack-tcp-timeout-close-wait 0

#!/bin/sh
# A certificate authority of one's own, for who has none: P-256 keys, one folder, OpenSSL alone. Its key (ca.key) is worth every
# till: keep this folder on a machine that is no broker, and copy out what README.md names.
#   ca.sh new                          the authority: ca.crt, ca.key, and an empty revoked.crl
#   ca.sh server broker.example.com    server.crt, server.key, for this name (or address); more names may follow
#   ca.sh client backend               backend.crt, backend.key; a till: ca.sh client till-1 demo store-1
#   ca.sh sign till-1.csr demo store-1 till-1     till-1.crt, for a request that was made elsewhere
#   ca.sh revoke till-1.crt            revoked.crl and crl/, for both brokers; also when a month is over: ca.sh list
set -eu
umask 077

conf() {
  cat <<CONF
[ca]
default_ca = own
[own]
database = ca.index
serial = ca.serial
new_certs_dir = issued
certificate = ca.crt
private_key = ca.key
default_md = sha256
default_days = 365
default_crl_days = 40
unique_subject = no
policy = names
copy_extensions = none
[names]
organizationName = optional
organizationalUnitName = optional
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = ${names:-DNS:localhost}
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
[req]
distinguished_name = none
[none]
CONF
}

key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1"; }
# REQUEST OUT SUBJECT USAGE: the subject is what is said here, never what the request says; clocks of tills may be an hour off
issue() {
  from=$(date -u -d '1 hour ago' +%Y%m%d%H%M%SZ)
  openssl ca -batch -config ca.conf -notext -startdate "$from" -in "$1" -out "$2" -subj "$3" -extensions "$4" 2>ca.log ||
    { cat ca.log >&2; exit 1; }
}
# NAME SUBJECT USAGE
pair() {
  key "$1.key"
  openssl req -new -config ca.conf -key "$1.key" -subj "$2" -out "$1.csr"
  issue "$1.csr" "$1.crt" "$2" "$3"
  rm "$1.csr"
}
list() {
  openssl ca -config ca.conf -gencrl -out revoked.crl 2>ca.log || { cat ca.log >&2; exit 1; }
  mkdir -p crl
  cp revoked.crl "crl/$(openssl crl -in revoked.crl -hash -noout).r0"
}

case "${1:-}" in
  new)
    [ ! -e ca.key ] || { echo 'ca.key is there already' >&2; exit 2; }
    mkdir -p issued
    : >ca.index
    openssl rand -hex 16 >ca.serial
    conf >ca.conf
    key ca.key
    openssl req -new -x509 -config ca.conf -extensions authority -days 3650 -key ca.key -subj '/CN=Tillwire CA' -out ca.crt
    list
    ;;
  server)
    shift
    [ $# -gt 0 ] || { echo 'which name?' >&2; exit 2; }
    names=
    for name in "$@"; do
      case "$name" in *[!0-9.]*) names="$names,DNS:$name" ;; *) names="$names,IP:$name" ;; esac
    done
    names=${names#,}
    conf >ca.conf
    pair server "/CN=$1" server
    ;;
  client) pair "$2" "${3:+/O=$3}${4:+/OU=$4}/CN=$2" client ;;
  sign) issue "$2" "$5.crt" "/O=$3/OU=$4/CN=$5" client ;;
  revoke)
    openssl ca -config ca.conf -revoke "$2" 2>ca.log || { cat ca.log >&2; exit 1; }
    list
    ;;
  list) list ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

#!/bin/sh
# Gives tills, and the backend, their topics:  tills.sh demo/store-1/till-1 demo/store-1/till-2 ...
# The user is the agent (the common name of its certificate) and has no password: the certificate is the only way in.
# RabbitMQ writes MQTT's "/" as "." and checks these patterns. One call for all: rabbitmqctl takes half a second each time.
set -eu
ctl="${RABBITMQCTL:-rabbitmqctl}"

up='(state|info|dev[.][^.]+[.](state|status)|(req|res|evt|alert)[.][^.]+|signature|health|log|time[.]req)'
# to subscribe, RabbitMQ checks the filter itself: rep/+ arrives as rep.*
down='((rep|cmd)[.][^.]+|evt-ack|signature-ack|time[.]res)'

users= permissions= topics=
# NAME CLIENT WRITE READ: the client id is part of the name of a session's queue; nobody else's can be opened
user() {
  queues="^(mqtt-subscription-$2qos[01]|amq[.]topic)\$"
  users="$users,{\"name\":\"$1\",\"password_hash\":\"\",\"hashing_algorithm\":\"rabbit_password_hashing_sha256\",\"tags\":\"\"}"
  of="\"user\":\"$1\",\"vhost\":\"/\""
  permissions="$permissions,{$of,\"configure\":\"$queues\",\"write\":\"$queues\",\"read\":\"$queues\"}"
  topics="$topics,{$of,\"exchange\":\"amq.topic\",\"write\":\"$3\",\"read\":\"$4\"}"
}

for till in "$@"; do
  case "$till" in
    *[!a-z0-9/-]* | */*/*/* | /* | */ | *//*) echo "$till: tenant/store/agent" >&2; exit 2 ;;
    */*/*) ;;
    *) echo "$till: tenant/store/agent" >&2; exit 2 ;;
  esac
  root="^(pos|training)[.]v1[.]$(echo "$till" | sed 's#/#[.]#g')[.]"
  client="tillwire-$(echo "$till" | tr / -)(-doctor|-training)?"
  user "${till##*/}" "$client" "$root$up\$" "$root(state|$down)\$"
done
any='^(pos|training)[.]v1[.][^.]+[.][^.]+[.][^.]+[.]'
user backend '.*' "$any$down\$" "$any$up\$"

printf '{"users":[%s],"permissions":[%s],"topic_permissions":[%s]}' "${users#,}" "${permissions#,}" "${topics#,}" |
  $ctl import_definitions

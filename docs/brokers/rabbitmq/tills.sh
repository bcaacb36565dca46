#!/bin/sh
# Gives tills, and the backend, their topics:  tills.sh demo/store-1/till-1 demo/store-1/till-2 ...
# The user is the agent (the common name of its certificate). RabbitMQ writes MQTT's "/" as "." and checks these patterns.
set -eu
ctl="${RABBITMQCTL:-rabbitmqctl}"
queues='^(mqtt-subscription-.*|amq\.topic)$'

user() {
  $ctl add_user "$1" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" 2>/dev/null || true
  # no password: the certificate is the only way in
  $ctl clear_password "$1"
  $ctl set_permissions -p / "$1" "$queues" "$queues" "$queues"
  $ctl set_topic_permissions -p / "$1" amq.topic "$2" "$3"
}

up='(state|info|dev\.[^.]+\.(state|status)|(req|res|evt|alert)\.[^.]+|signature|health|log|time\.req)'
down='((rep|cmd)\.[^.]+|evt-ack|signature-ack|time\.res)'

for till in "$@"; do
  case "$till" in
    *[!a-z0-9/-]* | */*/*/*) echo "$till: tenant/store/agent" >&2; exit 2 ;;
    */*/*) ;;
    *) echo "$till: tenant/store/agent" >&2; exit 2 ;;
  esac
  root="^pos\\.v1\\.$(echo "$till" | sed 's#/#\\.#g')\\."
  # to subscribe, RabbitMQ checks the filter itself: rep/+ arrives as rep.*
  user "${till##*/}" "$root$up\$" "$root(state|$down)\$"
done
user backend "^pos\\.v1\\.[^.]+\\.[^.]+\\.[^.]+\\.$down\$" "^pos\\.v1\\.[^.]+\\.[^.]+\\.[^.]+\\.$up\$"

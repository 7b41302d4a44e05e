#!/bin/sh
# Plans a town by `optimiser serve`, from the shell. Needs curl, and the address and token of the server:
#   OPTIMISER_URL=http://127.0.0.1:8765 OPTIMISER_TOKEN=... sh client.sh
set -eu

ask() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $OPTIMISER_TOKEN" "$@"; }

# a job is made; where it is stands in the header Location
job=$(ask --data '{"instance": "tiny-2", "scenarios": 50, "seed": 1}' --output /dev/null \
  --write-out '%header{location}' "$OPTIMISER_URL/v1/plan")

# progress, event by event, until it is over
ask --no-buffer "$OPTIMISER_URL$job/events" | grep '^event:'

# the document, the same as `optimiser plan tiny-2 --json` prints
ask "$OPTIMISER_URL$job/result"

#!/bin/sh
# Reached by a link called pulumi-resource-NAME: serves the double of that provider with the first python on PATH.
here=$(dirname "$(readlink -f "$0")")
name=${0##*/pulumi-resource-}
PYTHONPATH="$here/../../..${PYTHONPATH:+:$PYTHONPATH}" exec python -P -m tests.engine.doubles "$name" "$@"

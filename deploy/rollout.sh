#!/usr/bin/env bash
# Rolls out an overlay: first the schema, then the rest, then waits until everything is ready. Example: 'deploy/rollout.sh prod'.
set -euo pipefail
overlay=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/overlays/${1:?which overlay? dev or prod}
rendered=$(kubectl kustomize "$overlay")
namespace=pollux

only() { kubectl apply --server-side -f - -l "$1" <<<"$rendered"; }

kubectl apply --server-side -f - <<<"$(kubectl kustomize "$overlay" | awk 'BEGIN { RS = "---\n" } /\nkind: (Namespace|PriorityClass)\n/ { print "---"; print }')"
# Servers and settings first. Services are left unchanged until the schema is ready.
only 'app.kubernetes.io/component notin (service,schema)'
# A finished Job cannot be changed, so it is deleted.
kubectl -n "$namespace" delete job schema --ignore-not-found
only 'app.kubernetes.io/component=schema'
kubectl -n "$namespace" wait --for=condition=complete --timeout=600s job/schema
only 'app.kubernetes.io/component=service'
kubectl -n "$namespace" get deployments,statefulsets -l app.kubernetes.io/component=service -o name |
    while read -r workload; do kubectl -n "$namespace" rollout status --timeout=600s "$workload"; done

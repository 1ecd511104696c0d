{{- define "portcullis.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "portcullis.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "portcullis.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "portcullis.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "portcullis.selectorLabels" -}}
app.kubernetes.io/name: {{ include "portcullis.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "portcullis.labels" -}}
{{ include "portcullis.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* What a JSON schema cannot compare. */}}
{{- define "portcullis.check" -}}
{{- $least := ternary .Values.autoscaling.minReplicas .Values.replicas .Values.autoscaling.enabled | int -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas: %v (expected: at most autoscaling.maxReplicas, which is %v)" .Values.autoscaling.minReplicas .Values.autoscaling.maxReplicas) -}}
{{- end -}}
{{- if and .Values.podDisruptionBudget.enabled (ge (int .Values.podDisruptionBudget.minAvailable) $least) -}}
{{- fail (printf "podDisruptionBudget.minAvailable: %v (expected: less than the %d nodes, else no node of the cluster can be drained; or podDisruptionBudget.enabled: false)" .Values.podDisruptionBudget.minAvailable $least) -}}
{{- end -}}
{{- if lt (int .Values.shutdown.terminationGracePeriodSeconds) (add (int .Values.shutdown.drainDelaySeconds) 45 | int) -}}
{{- fail (printf "shutdown.terminationGracePeriodSeconds: %v (expected: at least shutdown.drainDelaySeconds plus 45, which is %d)" .Values.shutdown.terminationGracePeriodSeconds (add (int .Values.shutdown.drainDelaySeconds) 45 | int)) -}}
{{- end -}}
{{- if and .Values.routes .Values.existingConfigMap -}}
{{- fail "routes and existingConfigMap are both set (expected: one of them)" -}}
{{- end -}}
{{- if not (or .Values.routes .Values.existingConfigMap) -}}
{{- fail "routes: empty (expected: at least one route, or the name of a ConfigMap in existingConfigMap)" -}}
{{- end -}}
{{- range $name, $value := .Values.properties -}}
{{- if regexMatch "(?i)(password|secret|token-?\\.?keys)$" $name -}}
{{- fail (printf "properties: %s is a secret, which anyone who can read the ConfigMap could read (expected: env with valueFrom.secretKeyRef)" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

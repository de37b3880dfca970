# Sourced by ./run, ./test and tools/prepare: a step is one line with its seconds. What a step prints goes into a file
# under var/log and is shown only when the step fails, so that a good run is short and a bad one says why.

steps_log=${steps_log:-var/log}
mkdir -p "$steps_log"

# step_run NAME COMMAND…: the command's own status; its output is in $steps_log/NAME.log
step_run()
{
    step_name=$1
    shift
    step_start=$(date +%s)
    step_status=0
    "$@" >"$steps_log/$step_name.log" 2>&1 </dev/null || step_status=$?
    step_seconds=$(($(date +%s) - step_start))
    return "$step_status"
}

# step NAME "words for people" COMMAND…: ends the script when the command fails
step()
{
    step_title=$2
    step_file=$1
    shift 2
    if step_run "$step_file" "$@"; then
        printf '%-52s %4d s\n' "$step_title" "$step_seconds"
    else
        printf '%-52s %4d s  FAILED\n' "$step_title" "$step_seconds"
        tail -n 30 "$steps_log/$step_file.log"
        printf 'The whole output: %s\n' "$steps_log/$step_file.log"
        exit 1
    fi
}

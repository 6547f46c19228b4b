# shellcheck shell=sh
# shellcheck disable=SC2016  # expanded by the shell of the step
# `sidestep` as the scripts call it, on sidestep.sh alone.
# shellcheck source=/dev/null
. "$CLIENT"

sidestep() {
    case $1 in
    # What `start` prints the script evaluates: its own process is to own the run.
    start) printf 'sidestep_start %s --workflow %s' "$2" "$4" ;;
    step)
        shift
        words=$# command=''
        while [ "$words" -gt 0 ]; do
            word=$1
            shift
            if [ -z "$command" ] && [ "$word" = -- ]; then command=1; else set -- "$@" "$word"; fi
            words=$((words - 1))
        done
        sidestep_step "$@"
        ;;
    wait) sidestep_wait "$2" "$3" ;;
    finish) sidestep_finish ;;
    esac
}

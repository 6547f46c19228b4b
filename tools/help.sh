# shellcheck shell=sh
# Read by the scripts of this folder: `--help` prints what stands at the top of one, and does nothing else.
case ${1-} in
    -h | --help)
        sed -n '2,/^[^#]/ { /^# suite\|^# shellcheck/d; /^#/!d; s/^# \{0,1\}//; p; }' "$0"
        exit
        ;;
esac

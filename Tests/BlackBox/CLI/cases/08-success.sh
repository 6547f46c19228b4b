# Exit statuses that are a success.

check "run completes with an exit status that is a success, and exits with it, now and later" <<'C'
again() { status 2 timeout 60 sidestep run --id "$run" --success-exit=2,3 -- sh -c "echo x >> $run.out; exit 2"; }
again
is "$(state "$run")" completed
again
[ "$(wc -l < "$run.out")" = 1 ]
status 3 timeout 60 sidestep run --id "$run-a" --success-exit=3 --restart=no -- sh -c 'exit 3'
status 4 timeout 60 sidestep run --id "$run-b" --success-exit=3 --restart=no -- sh -c 'exit 4'
is "$(state "$run-b")" failed
C

check "run --detach keeps the exit statuses that are a success" <<'C'
export XDG_STATE_HOME=$PWD/state
sidestep run --detach --id "$run" --success-exit=9 -- sh -c 'exit 9' > /dev/null
ended() { case $(state "$run") in completed | failed | paused) ;; *) return 1 ;; esac; }
comes ended
is "$(state "$run")" completed
C

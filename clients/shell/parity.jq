# The rules of clients/parity/README.md, and its programs as shell text.

def between($range):
    . as $n | ($range[0] == null or $n >= $range[0]) and ($range[1] == null or $n <= $range[1]);

def matches($p):
    def holds($rule; $a):
        . as $v
        | if $rule == "$type" then type == $a
          elif $rule == "$between" then type == "number" and between($a)
          elif $rule == "$length" then (type == "string" or type == "array") and (length | if ($a | type) == "array" then between($a) else . == $a end)
          elif $rule == "$match" then type == "string" and test($a)
          elif $rule == "$has" then all($a[]; . as $q | any($v[]; matches($q)))
          elif $rule == "$lacks" then type == "array" and all($v[]; matches($a) | not)
          elif $rule == "$not" then matches($a) | not
          elif $rule == "$one" then any($a[]; . as $q | $v | matches($q))
          else false end;
    . as $v
    | if ($p | type) == "object" then
        if ($p | length) > 0 and all($p | keys[]; startswith("$")) then
            all($p | to_entries[]; .key as $rule | .value as $a | $v | holds($rule; $a))
        else
            ($v | type) == "object" and all($p | to_entries[]; .key as $k | .value as $q | $v[$k] | matches($q))
        end
      elif ($p | type) == "array" then
        ($v | type) == "array" and ($v | length) == ($p | length)
        and all(range($p | length); . as $i | $v[$i] | matches($p[$i]))
      else $v == $p end;

# Replaces the variables in every text.
def resolve($vars):
    walk(
        if type == "string" and startswith("$") and (.[1:] as $name | $vars | has($name)) then $vars[.[1:]]
        elif type == "string" then reduce ($vars | to_entries[]) as $e (.; gsub("\\$\\{\($e.key)\\}"; $e.value | tostring))
        else . end);

# A step of the shell client records what its command printed.
def as_shell_records:
    walk(if type == "object" and has("step") and has("output") then .output |= {stdout: (tojson + "\n")} else . end);

def instruction($id):
    def inner: to_entries | map(.key as $k | .value | instruction("\($id)_\($k)")) | add // "";
    if has("step") then
        "body\($id)() {\n"
        + (if .kill == "before" then "die\n" else "" end)
        + (if .effect then "echo \(.effect | @sh) >>\"$EFFECTS\"\n" else "" end)
        + (if .kill == "inside" then "die\n" else "" end)
        + (if .sleep_ms then "sleep \(.sleep_ms / 1000)\n" else "" end)
        + ((.steps // []) | inner)
        + (if .fails then "[ \"$(grep -cxF -e \(.effect | @sh) \"$EFFECTS\")\" -gt \(.fails) ] || return 1\n" else "" end)
        + "printf '%s\\n' \(.output | tojson | @sh)\n}\n"
        + "run_step \((if has("expect") then .expect else .output end) | tojson | @sh) \(.error // "" | @sh)"
        + (if .retry then " --retry \(.retry | tojson | @sh)" else "" end)
        + (if .at_most_once then " --at-most-once" else "" end)
        + " \(.step | @sh) body\($id)\n"
    elif has("checkpoint") then
        "sidestep_checkpoint"
        + (if .checkpoint.state then " --state \(.checkpoint.state | tojson | @sh)" else "" end)
        + (if .checkpoint.messages then " --messages \(.checkpoint.messages | tojson | @sh)" else "" end)
        + " >/dev/null || ends checkpoint\n"
    elif has("messages") then "expect_messages \(.messages | tojson | @sh)\n"
    elif has("state_set") then
        [.state_set | to_entries[] | "sidestep_state_set \(.key | @sh) \(.value | tojson | @sh) || ends state\n"] | add
    elif has("state") then
        [.state | to_entries[] | "expect_state \(.key | @sh) \(.value | tojson | @sh)\n"] | add
    elif has("kill") then "die\n"
    elif has("tell") then "echo \(.tell | @sh) >\"$TELL\"\nread -r _ <\"$ANSWER\"\n"
    elif has("return") then "sidestep_finish --despite-failures \(.return | tojson | @sh) || ends finish\nends completed\n"
    else "ends unsupported\n" end;

# The instructions as shell text.
def program($id):
    to_entries | map(.key as $k | .value | instruction("\($id)_\($k)")) | add // "";

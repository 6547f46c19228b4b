/// What each shell has to be told: it hands over the line as far as it has been typed, and shows what it gets.
enum ShellScripts {
    static let bash = #"""
        # Completions of sidestep for bash.
        _sidestep() {
            local line
            COMPREPLY=()
            # What bash takes for the word begins after its last break (: and = are such).
            while IFS= read -r line; do
                COMPREPLY+=("$(printf '%q' "${line%%$'\t'*}")")
            done < <(sidestep completions bash --line "${COMP_LINE:0:COMP_POINT}" --word "$2" 2>/dev/null)
        }
        complete -o bashdefault -o default -F _sidestep sidestep
        """#

    static let zsh = #"""
        #compdef sidestep
        # Completions of sidestep for zsh.
        _sidestep() {
            local line
            local -a names shown
            for line in "${(@f)$(sidestep completions zsh --line "$LBUFFER" 2>/dev/null)}"; do
                [[ -n $line ]] || continue
                names+=("${line%%$'\t'*}")
                shown+=("${line%%$'\t'*}  ${line#*$'\t'}")
            done
            if (( $#names )); then compadd -l -d shown -a names; else _files; fi
        }
        if [[ $funcstack[1] == _sidestep ]]; then _sidestep "$@"; else compdef _sidestep sidestep; fi
        """#

    static let fish = #"""
        # Completions of sidestep for fish.
        function __sidestep_complete
            set -l found (sidestep completions fish --line (commandline -cp | string collect) 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c sidestep -f -a '(__sidestep_complete)'
        """#
}

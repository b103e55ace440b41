# bash completion of kestra-admin. The program itself says what can stand where the cursor is.
_kestra_admin() {
    local line lines
    COMPREPLY=()
    # Where a file is wanted, the program fails, and the shell completes it.
    if ! lines=$("${1/#\~\//$HOME/}" complete --word="$2" -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null); then
        compopt -o default 2>/dev/null
        return 0
    fi
    while IFS= read -r line; do
        if [[ -n $line ]]; then
            printf -v line %q "${line%%$'\t'*}"
            COMPREPLY+=("$line")
        fi
    done <<<"$lines"
}
complete -F _kestra_admin kestra-admin

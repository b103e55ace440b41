# fish completion of kestra-admin. The program itself says what can stand where the cursor is.
function __kestra_admin_complete
    set -l before (commandline --current-process --tokenize --cut-at-cursor)
    set -l word (commandline --current-token --cut-at-cursor)
    # Where a file is wanted, the program fails, and the shell completes it.
    kestra-admin complete --word="$word" -- $before[2..] 2>/dev/null
    or __fish_complete_path "$word"
end
complete -c kestra-admin -f -a '(__kestra_admin_complete)'

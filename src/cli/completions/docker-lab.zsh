#compdef docker-lab
# Completions of docker-lab for zsh. For this shell, after compinit:  source <(docker-lab completions zsh)
# For good:  docker-lab completions zsh >"${fpath[1]}/_docker-lab"

_docker-lab() {
    local -a found
    local line value meaning also
    for line in "${(@f)$("${(Q)words[1]}" __complete lab "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        if [[ $line == :* ]]; then
            also=${line#:}
        elif [[ -n $line ]]; then
            value=${line%%$'\t'*} meaning=${line#*$'\t'}
            found+=("${value//:/\\:}:$meaning")
        fi
    done
    if (( $#found )); then _describe -V 'docker-lab' found; fi
    case $also in
        (0) _files ;;
        (16) _files -/ ;;
    esac
}

if [[ $funcstack[1] == _docker-lab ]]; then
    _docker-lab "$@"
else
    compdef _docker-lab docker-lab
fi

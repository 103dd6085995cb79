# Completions of docker-lab for bash. For this shell:  source <(docker-lab completions bash)
# For good:  docker-lab completions bash >~/.local/share/bash-completion/completions/docker-lab

_docker_lab() {
    local -a words=()
    local word line last lead='' glue='' also='' n=0 i
    # Bash cuts words at `=`; `--format=json` is put together again.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $n -gt 0 && ($word == = || -n $glue) ]]; then
            words[n - 1]+=$word
        else
            words[n]=$word
            n=$((n + 1))
        fi
        glue=''
        if [[ $word == = ]]; then glue=1; fi
    done
    last=${words[n - 1]}
    if [[ $last == --*=* && $COMP_WORDBREAKS == *=* ]]; then lead=${last%%=*}=; fi

    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :*) also=${line#:} ;;
            *) line=${line%%$'\t'*} COMPREPLY+=("${line#"$lead"}") ;;
        esac
    done < <("$1" __complete lab "${words[@]}" 2>/dev/null)

    case $also in
        0) word=-f ;;
        16) word=-d ;;
        *) return ;;
    esac
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$word" -- "${last#"$lead"}")
}

complete -F _docker_lab docker-lab

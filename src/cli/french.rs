//! The help in French. clap takes the English from the doc comments in `args.rs`; a test holds every one of them
//! against this table.

use clap::Arg;
use clap::Command;

/// Commands and arguments in English and French.
const WORDS: &[(&str, &str)] = &[
    (
        "Interactive trainer and lab checker for Docker volumes and persistence",
        "Entraîneur et correcteur de travaux pratiques Docker : volumes et persistance",
    ),
    ("The labs and quizzes, with your progress", "Les laboratoires et les quiz, avec votre avancement"),
    ("Prepare a session and show what comes first", "Prépare une session et montre par quoi commencer"),
    ("Look now, judge, and keep the proofs", "Regarde, juge, et garde les preuves"),
    ("Let docker-lab carry the steps out itself", "Laisse docker-lab faire les étapes lui-même"),
    ("The next hint", "La piste suivante"),
    ("The commands of a step", "Les commandes d'une étape"),
    ("Where you stand, without looking at the daemon", "Où vous en êtes, sans interroger le moteur Docker"),
    ("Remove what this lab made, and only that", "Supprime ce que ce laboratoire a créé, et rien d'autre"),
    ("Take the quiz, or grade a file of answers", "Passe le quiz, ou note un fichier de réponses"),
    ("The scorecard as a document", "Le bilan sous forme de document"),
    ("Is this machine fit for the labs?", "Cette machine convient-elle aux laboratoires ?"),
    ("The images that the labs need", "Les images dont les laboratoires ont besoin"),
    ("Completions for a shell", "Complétion pour un shell"),
    ("Which are here", "Lesquelles sont là"),
    ("Pull those that are missing", "Télécharge celles qui manquent"),
    ("Write them into a file", "Les écrit dans un fichier"),
    ("Load them from a file", "Les charge depuis un fichier"),
    (
        "The workspace: where the learner's files are (default: the session's, else the current folder)",
        "Le dossier de travail (par défaut : celui de la session, sinon le dossier courant)",
    ),
    (
        "A prefix for every object of the lab, so that several learners share a daemon",
        "Un préfixe pour tous les objets du laboratoire, pour partager un moteur à plusieurs",
    ),
    ("A folder with labs of your own (ID/lab.yaml)", "Un dossier de laboratoires à vous (ID/lab.yaml)"),
    ("A folder with quizzes of your own (ID.yaml)", "Un dossier de quiz à vous (ID.yaml)"),
    ("The language", "La langue"),
    ("The form of the output", "La forme de la sortie"),
    ("Write the output to a file", "Écrit la sortie dans un fichier"),
    ("Never ask a question", "Ne pose jamais de question"),
    ("How long one observation may take", "Durée maximale d'une observation"),
    (
        "Also show the objects that each proof rests on",
        "Montre aussi les objets sur lesquels repose chaque preuve",
    ),
    ("The lab", "Le laboratoire"),
    (
        "The step: its name or number (default: the first that is not done)",
        "L'étape : son nom ou son numéro (par défaut : la première qui n'est pas faite)",
    ),
    ("The steps: names or numbers (default: all)", "Les étapes : noms ou numéros (par défaut : toutes)"),
    ("Also write what was seen to a file", "Écrit aussi dans un fichier ce qui a été vu"),
    ("Judge what was seen earlier, without Docker", "Juge ce qui a été vu plus tôt, sans Docker"),
    (
        "Only this step (name or number); may be given several times",
        "Cette étape seulement (nom ou numéro) ; peut être répété",
    ),
    ("Print the commands, and do nothing", "Affiche les commandes, et ne fait rien"),
    ("The shell the commands are for", "Le shell auquel les commandes sont destinées"),
    ("Remove without asking", "Supprime sans demander"),
    ("The quiz", "Le quiz"),
    ("Grade a file of answers instead (YAML or JSON)", "Note plutôt un fichier de réponses (YAML ou JSON)"),
    ("Pull from this registry instead, as HOST/PREFIX", "Télécharge plutôt de ce registre, HÔTE/PRÉFIXE"),
    ("No progress bars", "Sans barres de progression"),
    ("The file", "Le fichier"),
    ("The shell", "Le shell"),
    ("WORKSPACE", "DOSSIER"),
    ("NAME", "NOM"),
    ("DIR", "DOSSIER"),
    ("FILE", "FICHIER"),
    ("SECONDS", "SECONDES"),
    ("HOST/PREFIX", "HÔTE/PRÉFIXE"),
    ("Print help", "Affiche cette aide"),
    ("Print version", "Affiche la version"),
];

const TEMPLATE: &str = "{about-with-newline}\nUtilisation : {usage}\n\n{all-args}\n";

/// The command with its help in French.
pub(super) fn translated(mut command: Command) -> Command {
    command.build();
    translate(command)
}

fn translate(command: Command) -> Command {
    let about = command.get_about().map(|about| french(&about.to_string()));
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("Commandes")
        .subcommand_value_name("COMMANDE")
        .mut_args(argument);
    if let Some(about) = about {
        command = command.about(about);
    }
    for name in names {
        command = command.mut_subcommand(name, translate);
    }
    command
}

fn argument(arg: Arg) -> Arg {
    let heading = if arg.is_positional() { "Arguments" } else { "Options" };
    let help = arg.get_help().map(|help| french(&help.to_string()));
    let named = arg.get_value_names().and_then(<[_]>::first).and_then(|name| word(name));
    let arg = match named {
        Some(name) => arg.value_name(name),
        None => arg,
    };
    let arg = arg.help_heading(heading);
    match help {
        Some(help) => arg.help(help),
        None => arg,
    }
}

fn french(english: &str) -> String {
    word(english).unwrap_or(english).to_owned()
}

fn word(english: &str) -> Option<&'static str> {
    WORDS.iter().find(|(en, _)| *en == english).map(|(_, fr)| *fr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::CommandFactory;

    fn untranslated(command: &Command, found: &mut Vec<String>) {
        let helps = command.get_arguments().filter_map(|arg| arg.get_help());
        for text in command.get_about().into_iter().chain(helps).map(ToString::to_string) {
            if !WORDS.iter().any(|(en, _)| *en == text) {
                found.push(text);
            }
        }
        for sub in command.get_subcommands() {
            untranslated(sub, found);
        }
    }

    #[test]
    fn every_line_of_help_is_there_in_french() {
        let mut command = Cli::command();
        command.build();
        let mut found = Vec::new();
        untranslated(&command, &mut found);
        assert_eq!(found, [""; 0]);
    }
}

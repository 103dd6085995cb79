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
    (
        "Prepare a session and show what comes first; in a terminal, be guided through the lab",
        "Prépare une session et montre par quoi commencer ; dans un terminal, vous guide dans le laboratoire",
    ),
    (
        "Take this step alone (name or number): docker-lab first builds what the earlier ones leave behind",
        "Ne prend que cette étape (nom ou numéro) : docker-lab construit d'abord ce que laissent les précédentes",
    ),
    ("Look now, judge, and keep the proofs", "Regarde, juge, et garde les preuves"),
    ("Check again at every change, until Ctrl-C", "Vérifie de nouveau à chaque changement, jusqu'à Ctrl-C"),
    ("Let docker-lab carry the steps out itself", "Laisse docker-lab faire les étapes lui-même"),
    ("The next hint", "La piste suivante"),
    ("The commands of a step", "Les commandes d'une étape"),
    ("Where you stand, without looking at the daemon", "Où vous en êtes, sans interroger le moteur Docker"),
    ("Remove what this lab made, and only that", "Supprime ce que ce laboratoire a créé, et rien d'autre"),
    ("Take the quiz, or grade a file of answers", "Passe le quiz, ou note un fichier de réponses"),
    ("The scorecard as a document", "Le bilan sous forme de document"),
    ("Is this machine fit for the labs?", "Cette machine convient-elle aux laboratoires ?"),
    ("The images that the labs need", "Les images dont les laboratoires ont besoin"),
    ("For those who write labs and quizzes", "Pour celles et ceux qui écrivent des laboratoires et des quiz"),
    ("Write a small lab with comments, to begin with", "Écrit un petit laboratoire commenté, pour commencer"),
    (
        "Look through labs, quizzes and inventories for what a machine can know",
        "Relit laboratoires, quiz et inventaires : tout ce qu'une machine peut savoir",
    ),
    (
        "Print the JSON Schema of a kind of file, for editors",
        "Affiche le JSON Schema d'un genre de fichier, pour les éditeurs",
    ),
    ("The kind of file", "Le genre de fichier"),
    (
        "Write down what stands there now, and propose checks that would pass",
        "Note ce qui est là maintenant, et propose des contrôles qui passeraient",
    ),
    ("The folder that takes the file of facts", "Le dossier où va le fichier de faits"),
    (
        "The lab's id: small letters, digits and dashes",
        "Le nom du laboratoire : minuscules, chiffres et tirets",
    ),
    (
        "Files of labs, quizzes or inventories, or folders of labs (default: every lab and quiz there is)",
        "Fichiers de laboratoires, de quiz ou d'inventaires, ou dossiers de laboratoires (par défaut : tous les \
         laboratoires et quiz connus)",
    ),
    (
        "Make a quiz out of Markdown (task lists) or Moodle's GIFT",
        "Fait un quiz d'un fichier Markdown (listes de tâches) ou GIFT de Moodle",
    ),
    (
        "Write a quiz as Moodle's GIFT or XML, or as HTML for paper",
        "Écrit un quiz au format GIFT ou XML de Moodle, ou en HTML pour le papier",
    ),
    (
        "The file: Markdown where its name ends in `.md`, GIFT otherwise",
        "Le fichier : Markdown si son nom finit par `.md`, GIFT sinon",
    ),
    (
        "The id of the quiz (default: the file's name)",
        "L'identifiant du quiz (par défaut : le nom du fichier)",
    ),
    ("What it is for", "À quoi il servira"),
    ("Also write the key, as a page of its own", "Écrit aussi le corrigé, sur une page à part"),
    (
        "Many machines at once: the trainer's view of a room",
        "Plusieurs machines à la fois : la salle, vue par qui l'anime",
    ),
    (
        "Look at every machine, judge, and show the sheet",
        "Regarde chaque machine, juge, et montre le tableau",
    ),
    (
        "The quiz of the lab: a paper for the room, or the answers to it, collected, graded and kept",
        "Le quiz du laboratoire : un sujet pour la salle, ou ses réponses, recueillies, notées et gardées",
    ),
    (
        "The number of the paper: who grades it must name the same",
        "Le numéro du sujet : la correction doit nommer le même",
    ),
    (
        "Write the paper, and a file for the answers, into a folder",
        "Écrit le sujet, et un fichier pour les réponses, dans un dossier",
    ),
    (
        "Grade the files of a folder, named after the machines or the learners (default: `answers.yaml` in each workspace)",
        "Note les fichiers d'un dossier, nommés d'après les machines ou les participants (par défaut : `answers.yaml` dans chaque dossier de travail)",
    ),
    ("The inventory: which machines there are (YAML)", "L'inventaire : quelles machines il y a (YAML)"),
    ("The same again at every change, until Ctrl-C", "La même chose à chaque changement, jusqu'à Ctrl-C"),
    (
        "The sheet as a web page that updates itself, until Ctrl-C",
        "Le tableau en page web qui se met à jour d'elle-même, jusqu'à Ctrl-C",
    ),
    (
        "Where to listen; elsewhere than on this machine's own addresses a token is needed",
        "Où écouter ; ailleurs que sur les adresses de cette seule machine, il faut un jeton",
    ),
    ("Make a new token: the old one no longer counts", "Fait un nouveau jeton : l'ancien ne compte plus"),
    (
        "The last check that was kept, beside an earlier one; no machine is asked",
        "Le dernier contrôle gardé, à côté d'un plus ancien ; aucune machine n'est interrogée",
    ),
    (
        "Delete what is kept here of a learner; the machine is not touched",
        "Supprime ce qui est gardé ici d'un participant ; sa machine n'est pas touchée",
    ),
    (
        "Compare with that moment: a time (RFC 3339), or how long ago (30min, 2h)",
        "Compare avec ce moment : une date (RFC 3339), ou il y a combien de temps (30min, 2h)",
    ),
    ("The learner, or their machine's name", "Le participant, ou le nom de sa machine"),
    ("Is each machine fit for the lab?", "Chaque machine convient-elle au laboratoire ?"),
    (
        "Bring the images to every machine, and note what stands there before the lab begins",
        "Met les images sur chaque machine, et note ce qui s'y trouve avant le début",
    ),
    (
        "Show what would be removed from each machine, then remove what the lab made and only that",
        "Montre ce qui serait supprimé de chaque machine, puis supprime ce que le laboratoire a créé, et rien d'autre",
    ),
    (
        "Each machine pulls from its registry; otherwise the images come out of your own daemon",
        "Chaque machine télécharge de son registre ; sinon les images viennent de votre propre moteur",
    ),
    ("Only the machines of this group", "Seulement les machines de ce groupe"),
    (
        "Keep and read the results on this PostgreSQL instead of in a file, as `postgres://USER@HOST/DATABASE`",
        "Garde et lit les résultats sur ce PostgreSQL plutôt que dans un fichier : `postgres://UTILISATEUR@HÔTE/BASE`",
    ),
    ("So many machines at once", "Nombre de machines à la fois"),
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
    (
        "No drawing, no colours, no cursor movement: for screen readers and logs",
        "Sans dessin, sans couleurs, sans déplacement du curseur : pour les lecteurs d'écran et les journaux",
    ),
    (
        "Draw what is mounted where, now: containers, volumes, bind mounts, tmpfs",
        "Dessine ce qui est monté où, maintenant : conteneurs, volumes, bind mounts, tmpfs",
    ),
    (
        "Everything on the daemon, not the lab's objects alone",
        "Tout ce qu'il y a sur le moteur, et non les seuls objets du laboratoire",
    ),
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
    (
        "Also write what was seen to a file; `-`: to the standard output, in place of the report",
        "Écrit aussi dans un fichier ce qui a été vu ; `-` : sur la sortie standard, à la place du rapport",
    ),
    (
        "How to look: over the Docker API alone (`api`), or by the docker-lab of each machine that ssh leads to (`remote`)",
        "Comment regarder : par l'API de Docker seule (`api`), ou par le docker-lab de chaque machine où mène ssh (`remote`)",
    ),
    ("Judge what was seen earlier, without Docker", "Juge ce qui a été vu plus tôt, sans Docker"),
    (
        "Only this step (name or number); may be given several times",
        "Cette étape seulement (nom ou numéro) ; peut être répété",
    ),
    ("Print the commands, and do nothing", "Affiche les commandes, et ne fait rien"),
    ("The shell the commands are for", "Le shell auquel les commandes sont destinées"),
    ("Remove without asking", "Supprime sans demander"),
    ("The quiz", "Le quiz"),
    (
        "Grade a file of answers instead (YAML or JSON), or a folder of them, one a learner",
        "Note plutôt un fichier de réponses (YAML ou JSON), ou un dossier de ces fichiers, un par apprenant",
    ),
    (
        "Grade by a corrected key: `{question: answer}`",
        "Note d'après un corrigé rectifié : `{question: réponse}`",
    ),
    (
        "Also write a class's points as a table (CSV)",
        "Écrit aussi les points d'une classe dans un tableau (CSV)",
    ),
    ("Show how far you are, section by section", "Montre où vous en êtes, section par section"),
    (
        "As an exam: a time limit, weighted points, a pass mark, and nothing explained before the end",
        "En examen : durée limitée, points pondérés, seuil de réussite, et rien d'expliqué avant la fin",
    ),
    ("Only what is due again", "Seulement ce qui est à revoir"),
    ("How many questions", "Combien de questions"),
    ("Only the questions of a section", "Seulement les questions d'une section"),
    ("The paper of this number: the same for everybody", "Le sujet de ce numéro : le même pour tous"),
    ("The paper of an exam", "Le sujet d'un examen"),
    (
        "The lab (default: volumes, or that of the facts)",
        "Le laboratoire (par défaut : volumes, ou celui des faits)",
    ),
    ("Begin anew, and drop what is under way", "Recommence, et abandonne ce qui est en cours"),
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
    ("The docker context to use", "Le contexte docker à utiliser"),
    ("The daemon to use, as an address", "Le moteur à utiliser, par son adresse"),
    ("The folder of the docker CLI's configuration", "Le dossier de configuration de la commande docker"),
    ("Use TLS", "Utilise TLS"),
    ("Use TLS, and have the daemon prove itself", "Utilise TLS, et vérifie l'identité du moteur"),
    (
        "The certificate of whoever signed the daemon's",
        "Le certificat de l'autorité qui a signé celui du moteur",
    ),
    ("The certificate to show", "Le certificat à présenter"),
    ("The key of that certificate", "La clé de ce certificat"),
    (
        "Taken as the docker CLI takes it; changes nothing here",
        "Accepté comme par la commande docker ; ne change rien ici",
    ),
    ("`docker lab`: as a plugin of the docker CLI", "`docker lab` : comme plugin de la commande docker"),
    ("Put it in place, so that `docker lab` works", "Le met en place, pour que `docker lab` fonctionne"),
    (
        "Also have the docker CLI show, after your own commands, what they achieved",
        "Fait aussi montrer par docker, après vos propres commandes, ce qu'elles ont accompli",
    ),
    ("Is it in place?", "Est-il en place ?"),
    ("Take it away again, and what it wrote", "Le retire, avec ce qu'il a écrit"),
    (
        "Tell each request to the daemon as it is sent, with its time",
        "Montre chaque requête au moteur au moment où elle part, avec son heure",
    ),
    (
        "Prove a lab on a real daemon: its solution, nothing at all, and every sabotage",
        "Met un laboratoire à l'épreuve sur un vrai moteur : sa solution, rien du tout, et chaque sabotage",
    ),
    (
        "Only these attempts: `solution`, `blank`, or ids (default: all)",
        "Ces tentatives seulement : `solution`, `blank`, ou des identifiants (par défaut : toutes)",
    ),
    ("How many are tried at once", "Combien sont menées à la fois"),
    (
        "Also write what was seen of each attempt into this folder",
        "Écrit aussi dans ce dossier ce qui a été vu de chaque tentative",
    ),
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

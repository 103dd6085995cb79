//! Keeping what is seen while a room is followed: beside the following, so that a store that is slow or away delays nobody,
//! and what could not be kept is tried again.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::timeout;

use crate::class::Findings;
use crate::class::Sheet;
use crate::class::Store;
use crate::cli::ui::Ui;
use crate::error::Exit;
use crate::error::Result;
use crate::text::say;

/// After so long a store that was away is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// So much waits for a store at most; then the oldest is lost.
const MOST: usize = 10_000;

/// Hands over what was seen on a machine.
pub(super) fn hand(sheet: &Sheet, index: usize, keeper: &UnboundedSender<Findings>) -> Result<()> {
    let Some(row) = sheet.rows.get(index) else { return Ok(()) };
    // Where nobody keeps any more, the program is ending.
    let _ = keeper.send(Findings::of(sheet, std::slice::from_ref(row))?);
    Ok(())
}

/// Keeps what comes until nothing more does; then what waits is tried once more.
pub(super) async fn keep(mut store: Store, mut news: UnboundedReceiver<Findings>, ui: &Ui) {
    let mut waiting = Waiting { findings: VecDeque::new(), ui };
    let mut is_away = false;
    let mut is_open = true;
    while is_open {
        if is_away {
            match timeout(AGAIN, news.recv()).await {
                Ok(Some(findings)) => waiting.findings.push_back(findings),
                Ok(None) => is_open = false,
                Err(_) => {}
            }
        } else {
            match news.recv().await {
                Some(findings) => waiting.findings.push_back(findings),
                None => is_open = false,
            }
        }
        // All that has come: else a store that is slow to refuse would be asked once for each.
        while let Ok(findings) = news.try_recv() {
            waiting.findings.push_back(findings);
        }
        while waiting.findings.len() > MOST {
            waiting.findings.pop_front();
        }
        is_open &= !news.is_closed() || !news.is_empty();
        let kept = put(&mut store, &mut waiting).await;
        // One that stays away is told of once.
        if let (Err(error), false) = (&kept, is_away) {
            ui.complain(&error.clone().hint(say!(
                "la suite reste affichée ; ce qui manque est gardé dès que possible",
                "what follows is still shown; what is missing is kept as soon as possible"
            )));
        }
        is_away = kept.is_err();
    }
}

/// What could not be kept yet. Whatever ends the following, Ctrl-C too, says how much is lost with it.
struct Waiting<'a> {
    findings: VecDeque<Findings>,
    ui: &'a Ui,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let count = self.findings.len();
        if count > 0 {
            self.ui.note(&say!(
                "Résultats hors d'atteinte : {count} mesure(s) de la salle n'y sont pas. `docker-lab class check` regarde de nouveau.",
                "Results out of reach: {count} finding(s) of the room are not in them. `docker-lab class check` looks again."
            ));
        }
    }
}

async fn put(store: &mut Store, waiting: &mut Waiting<'_>) -> Result<()> {
    while let Some(findings) = waiting.findings.front() {
        match store.keep(findings).await {
            // What is refused will always be: it must not keep what follows waiting.
            Err(error) if error.exit == Exit::Usage => waiting.ui.complain(&error),
            kept => kept?,
        }
        waiting.findings.pop_front();
    }
    Ok(())
}

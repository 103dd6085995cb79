//! A row as one line, of any length: hashed as it goes by, and only its beginning kept.

use sha2::Digest;
use sha2::Sha256;

/// See the module.
#[derive(Clone, Default)]
pub(super) struct Line {
    begin: Vec<u8>,
    length: usize,
    sum: Sha256,
}

impl Line {
    /// So many bytes of a line are kept.
    pub(super) const KEPT: usize = 64 * 1024;

    /// Takes the bytes that come next.
    pub(super) fn push(&mut self, part: &[u8]) {
        self.begin.extend_from_slice(&part[..part.len().min(self.room())]);
        self.length += part.len();
        self.sum.update(part);
    }

    /// How many more bytes would be kept.
    pub(super) fn room(&self) -> usize {
        Line::KEPT - self.begin.len()
    }

    /// What is kept of it.
    pub(super) fn begin(&self) -> &[u8] {
        &self.begin
    }

    /// Its hash, what is kept of it, and its whole length.
    pub(super) fn finish(self) -> ([u8; 32], Vec<u8>, usize) {
        (self.sum.finalize().into(), self.begin, self.length)
    }
}

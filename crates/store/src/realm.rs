//! Which venue a database belongs to.

use std::path::Path;

use crate::sqlite::Database;
use crate::{Durability, OpenError, Store, lineage};

impl Store {
    /// What the replicas of a venue have in common, and no other has.
    pub fn realm(&self) -> [u8; 16] {
        self.inner.realm
    }
}

/// Makes the database of `data`, with nothing in it but that it belongs to the venue with that `realm`.
///
/// # Errors
/// [`OpenError`] when the folder cannot be used, or holds another venue's database.
pub fn belong(data: &Path, realm: [u8; 16]) -> Result<(), OpenError> {
    std::fs::create_dir_all(data)?;
    let connection = Database::of(data, None).writer(Durability::Full)?;
    if lineage::realm(&connection, &|| realm)? != realm {
        return Err(OpenError::Damaged("it is another venue's".into()));
    }
    Ok(())
}

use std::path::PathBuf;

use super::{Step, Store, StoreError};

/// A folder that goes with its store.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("countersign-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn put(step: &Step<'_>, count: u32) -> Result<(), StoreError> {
    (0..count).try_for_each(|number| step.put_local(&number.to_string(), &[0; 4096]))
}

#[test]
fn a_step_that_finds_no_room_is_told_so_and_nothing_of_it_is_there() {
    let place = Place::new("no-room");
    let store = Store::open(&place.0.join("store")).unwrap();
    let limit = |store: &Store, pages: u32| {
        let read = |row: &rusqlite::Row<'_>| row.get::<_, u32>(0);
        store.connection.pragma_update_and_check(None, "max_page_count", pages, read).unwrap()
    };
    let pages: u32 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    limit(&store, pages + 8);
    store.step(|step| put(step, 2)).unwrap();
    let full = store.step(|step| step.forget_local("0").and_then(|()| put(step, 100)));
    assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
    let held = |store: &Store, name: &str| store.local(name).unwrap().is_some();
    assert_eq!(["0", "1", "2"].map(|name| held(&store, name)), [true, true, false]);
    limit(&store, pages + 1000);
    store.step(|step| put(step, 100)).unwrap();
    assert!(held(&store, "99"));
}

//! Types out of JSON values, and values out of types.
//!
//! Both by way of bytes, as all JSON is read and written: a second kind of source or of target would bring along the code of every
//! type once more, which is a good part of the program.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// `value` as a `T`, or what is wrong with its shape, without a full stop.
///
/// # Errors
/// If `value` is no `T`.
pub fn shaped<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    let read = serde_json::to_vec(value).and_then(|json| serde_json::from_slice(&json));
    read.map_err(|error| {
        let said = error.to_string();
        // The bytes are ours: nobody could look at a place in them.
        said.rsplit_once(" at line ")
            .map_or(said.as_str(), |(what, _)| what)
            .to_owned()
    })
}

/// `it` as JSON.
///
/// # Errors
/// If it cannot be written as JSON, such as a map by keys that are no texts.
pub fn value_of(it: &impl Serialize) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(&serde_json::to_vec(it)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_shape_is_read_or_what_is_wrong_is_said_without_a_place() {
        let value = json!({"b": 1, "a": 2});
        let read: BTreeMap<String, u8> = shaped(&value).unwrap();
        assert_eq!(read, BTreeMap::from([("a".to_owned(), 2), ("b".to_owned(), 1)]));
        let refused = shaped::<BTreeMap<String, u8>>(&json!({"a": "at line 3"})).unwrap_err();
        assert_eq!(refused, "invalid type: string \"at line 3\", expected u8");
    }
}

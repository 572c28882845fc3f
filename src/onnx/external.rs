//! Weights that an ONNX file keeps in other files: checked, then taken into the model.
//!
//! The format is ONNX's "External Data" (docs/ExternalData.md): a tensor names a location relative to the
//! model's folder, an offset and a length. A model comes from somewhere, so the location is not trusted: it
//! must stay in the model's folder, links followed. What a weight file holds is not judged.

use super::model::{MAX_BYTES, elements};
use super::proto::tensor_proto::{DataLocation, DataType};
use super::proto::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};
use crate::error::{Error, Faults, Place, Result};
use prost::bytes::Bytes;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// Takes all external data into the model; returns how many tensors had some. `length` is that of the model
/// file, for the limit on the whole. All faults are gathered, and nothing is read if there is one.
pub(super) fn take_in(model: &Path, proto: &mut ModelProto, length: u64) -> Result<usize> {
    let mut tensors = Vec::new();
    if let Some(graph) = &mut proto.graph {
        in_graph(graph, &mut tensors);
    }
    for function in &mut proto.functions {
        in_nodes(&mut function.node, &mut tensors);
    }
    tensors.retain(|tensor| tensor.data_location == Some(DataLocation::External as i32));
    let folders = Folders::of(model);
    let mut pieces = Vec::new();
    let mut wrong: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for tensor in &tensors {
        match piece(&folders, tensor) {
            Ok(piece) => pieces.push(piece),
            Err(what) => wrong.entry(what).or_default().push(tensor.name()),
        }
    }
    // One file that is missing takes many weights with it: said once, with an example.
    let mut faults = Faults::new();
    for (what, weights) in &wrong {
        let more = if weights.len() > 1 { format!(" and {} more", weights.len() - 1) } else { String::new() };
        faults.push(Place::file(model), format!("weight \"{}\"{more}: {what}", weights[0]));
    }
    faults.into_result(
        "the weights of this model cannot be read",
        "copy the whole folder of the model: the .onnx file and the weight files that lie beside it",
    )?;
    if pieces.iter().fold(length, |sum, piece| sum.saturating_add(piece.length)) > MAX_BYTES {
        return Err(Error::input("this model has more than 2 GiB of weights; small rankers are what this is for")
            .at(Place::file(model))
            .help("give a smaller model, or its scores as a run"));
    }
    let count = tensors.len();
    for (tensor, piece) in tensors.into_iter().zip(pieces) {
        tensor.raw_data = Some(piece.read().map_err(|e| Error::reading(&piece.path, e))?);
        tensor.data_location = None;
        tensor.external_data.clear();
    }
    Ok(count)
}

fn in_graph<'a>(graph: &'a mut GraphProto, found: &mut Vec<&'a mut TensorProto>) {
    found.extend(graph.initializer.iter_mut());
    for sparse in &mut graph.sparse_initializer {
        found.extend(sparse.values.iter_mut().chain(sparse.indices.iter_mut()));
    }
    in_nodes(&mut graph.node, found);
}

fn in_nodes<'a>(nodes: &'a mut [NodeProto], found: &mut Vec<&'a mut TensorProto>) {
    for attribute in nodes.iter_mut().flat_map(|node| &mut node.attribute) {
        let AttributeProto { t, g, tensors, graphs, .. } = attribute;
        found.extend(t.iter_mut().chain(tensors));
        g.iter_mut().chain(graphs).for_each(|graph| in_graph(graph, found));
    }
}

/// Where weight files may lie.
struct Folders {
    /// The folder that locations are relative to.
    model: PathBuf,
    /// That folder with links followed, and the folder of the file that the model's own path leads to: a
    /// download cache keeps a folder of links to files that lie side by side elsewhere.
    allowed: Vec<PathBuf>,
}

impl Folders {
    fn of(model: &Path) -> Folders {
        let parent = model.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        let real = model.canonicalize().ok().and_then(|real| real.parent().map(Path::to_owned));
        let allowed = parent.canonicalize().ok().into_iter().chain(real).collect();
        Folders { model: parent.to_owned(), allowed }
    }

    /// The file at a location, or why it is not used.
    fn file(&self, location: &str) -> Result<PathBuf, String> {
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if location.is_empty() || !Path::new(location).components().all(inside) {
            return Err(format!("\"{location}\" leads out of the model's folder, which is not followed"));
        }
        let path = self.model.join(location);
        let real = path.canonicalize().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("the file \"{location}\" is missing"),
            _ => format!("\"{location}\" cannot be read: {error}"),
        })?;
        if !self.allowed.iter().any(|folder| real.starts_with(folder)) {
            return Err(format!("\"{location}\" is a link out of the model's folder, which is not followed"));
        }
        Ok(real)
    }
}

/// A stretch of a weight file.
struct Piece {
    path: PathBuf,
    offset: u64,
    length: u64,
}

impl Piece {
    fn read(&self) -> io::Result<Bytes> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = vec![0; usize::try_from(self.length).map_err(io::Error::other)?];
        file.read_exact(&mut bytes)?;
        Ok(Bytes::from(bytes))
    }
}

/// Where the data of a tensor is, or why it cannot be had.
fn piece(folders: &Folders, tensor: &TensorProto) -> Result<Piece, String> {
    let entry = |key: &str| tensor.external_data.iter().find(|entry| entry.key() == key).map(|entry| entry.value());
    let number = |key: &str| entry(key).map(|text| text.parse::<u64>().map_err(|_| format!("its {key} is \"{text}\"")));
    let location = entry("location").ok_or("it says that its data is elsewhere, but not where")?;
    let path = folders.file(location)?;
    let metadata = path.metadata().map_err(|error| format!("\"{location}\" cannot be read: {error}"))?;
    if !metadata.is_file() {
        return Err(format!("\"{location}\" is not a file"));
    }
    let offset = number("offset").transpose()?.unwrap_or(0);
    let (stated, needed) = (number("length").transpose()?, size(tensor));
    let length = match (stated, needed) {
        (Some(stated), Some(needed)) if stated != needed => {
            return Err(format!("its dimensions make {needed} bytes, and \"{location}\" is said to have {stated}"));
        }
        (Some(length), _) | (None, Some(length)) => length,
        (None, None) => metadata.len().saturating_sub(offset),
    };
    if offset.checked_add(length).is_none_or(|end| end > metadata.len()) {
        let held = metadata.len();
        return Err(format!("\"{location}\" is too short: bytes {offset} to {offset} + {length} are needed of {held}"));
    }
    Ok(Piece { path, offset, length })
}

/// How many bytes a tensor's data has; `None` for types of a size other than whole bytes.
fn size(tensor: &TensorProto) -> Option<u64> {
    let bytes = match DataType::try_from(tensor.data_type?).ok()? {
        DataType::Double | DataType::Int64 | DataType::Uint64 => 8,
        DataType::Float | DataType::Int32 | DataType::Uint32 => 4,
        DataType::Float16 | DataType::Bfloat16 | DataType::Int16 | DataType::Uint16 => 2,
        DataType::Int8 | DataType::Uint8 | DataType::Bool => 1,
        _ => return None,
    };
    Some(elements(tensor).saturating_mul(bytes))
}

#[cfg(test)]
mod tests {
    use super::super::model::Model;
    use super::super::model::tests::small_model;
    use super::super::proto::StringStringEntryProto;
    use crate::Exit;
    use prost::Message;
    use std::fs;
    use std::path::Path;

    /// Writes the small model with its weight elsewhere, as the entries say.
    fn write(folder: &Path, entries: &[(&str, &str)]) {
        let mut proto = small_model();
        let weight = &mut proto.graph.as_mut().unwrap().initializer[0];
        weight.raw_data = None;
        weight.data_location = Some(1);
        let entry = |(key, value): &(&str, &str)| StringStringEntryProto {
            key: Some((*key).to_owned()),
            value: Some((*value).to_owned()),
        };
        weight.external_data = entries.iter().map(entry).collect();
        fs::write(folder.join("model.onnx"), proto.encode_to_vec()).unwrap();
    }

    const WEIGHT: [u8; 8] = [0, 0, 128, 63, 0, 0, 0, 64];

    #[test]
    fn weights_beside_the_model_are_taken_in() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("sub/weights"), [&[9, 9], &WEIGHT[..], &[9]].concat()).unwrap();
        write(folder.path(), &[("location", "./sub/weights"), ("offset", "2"), ("length", "8")]);
        let model = Model::read(&folder.path().join("model.onnx")).unwrap();
        assert_eq!(model.bytes(), small_model().encode_to_vec());
    }

    #[test]
    fn weights_that_cannot_be_had_are_named() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("model");
        fs::create_dir_all(folder.join("sub")).unwrap();
        let outside = root.path().join("outside");
        fs::write(&outside, WEIGHT).unwrap();
        fs::write(folder.join("short"), &WEIGHT[..7]).unwrap();
        let absolute = outside.to_str().unwrap();
        let mut cases = vec![
            (vec![("location", "missing")], "\"missing\" is missing"),
            (vec![("location", "../outside")], "leads out"),
            (vec![("location", absolute)], "leads out"),
            (vec![("location", "")], "leads out"),
            (vec![("location", "sub")], "not a file"),
            (vec![("location", "short")], "too short"),
            (vec![("location", "short"), ("offset", "18446744073709551615")], "too short"),
            (vec![("location", "short"), ("length", "7")], "make 8 bytes"),
            (vec![("location", "short"), ("offset", "-1")], "its offset is \"-1\""),
            (vec![("offset", "0")], "not where"),
        ];
        if cfg!(unix) {
            #[cfg(unix)]
            std::os::unix::fs::symlink(&outside, folder.join("link")).unwrap();
            cases.push((vec![("location", "link")], "a link out of"));
        }
        for (entries, reason) in cases {
            write(&folder, &entries);
            let error = Model::read(&folder.join("model.onnx")).unwrap_err();
            assert_eq!(error.exit(), Exit::Unusable);
            let text = error.to_string();
            assert!(text.contains(reason) && text.contains("weight \"w\""), "{text}");
        }
    }

    /// A download cache: a folder of links, and the files themselves side by side in another folder.
    #[cfg(unix)]
    #[test]
    fn a_folder_of_links_into_a_download_cache_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let (blobs, snapshot) = (root.path().join("blobs"), root.path().join("snapshot"));
        fs::create_dir(&blobs).unwrap();
        fs::create_dir(&snapshot).unwrap();
        write(&blobs, &[("location", "model.onnx_data")]);
        fs::write(blobs.join("b1"), WEIGHT).unwrap();
        std::os::unix::fs::symlink(blobs.join("model.onnx"), snapshot.join("model.onnx")).unwrap();
        std::os::unix::fs::symlink(blobs.join("b1"), snapshot.join("model.onnx_data")).unwrap();
        assert!(Model::read(&snapshot.join("model.onnx")).is_ok());
    }
}

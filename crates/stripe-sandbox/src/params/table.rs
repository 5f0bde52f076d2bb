//! Reads the tables of calls.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A call of the API and what it accepts.
#[derive(Debug)]
pub struct Call {
    /// Its name, `refunds.create`.
    pub name: String,
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// The path with `{id}` for its argument.
    pub path: String,
    /// The parameters.
    pub fields: Vec<Field>,
    /// The kind of object answered.
    pub answers: String,
    /// Whether it answers a list of them.
    pub is_list: bool,
}

/// A named parameter.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub required: bool,
    pub kind: Kind,
    /// An empty string unsets it.
    pub unsettable: bool,
}

/// What a parameter's value must be.
#[derive(Debug, Clone)]
pub enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    Decimal,
    /// Free keys with string values, as `metadata`.
    Map,
    OneOf(Vec<String>),
    Object(Vec<Field>),
    List(Box<Kind>),
    Either(Vec<Kind>),
}

static CALLS: LazyLock<Vec<Call>> = LazyLock::new(|| {
    let mut reader = Reader::default();
    for text in [
        include_str!("../../tables/common.txt"),
        include_str!("../../tables/checkout.txt"),
        include_str!("../../tables/payments.txt"),
        include_str!("../../tables/catalog.txt"),
        include_str!("../../tables/billing.txt"),
    ] {
        reader.read(text);
    }
    // A literal path goes before one with an argument.
    reader.calls.sort_by_key(|call| call.path.matches('{').count());
    reader.calls
});

/// Every call in the tables.
pub fn calls() -> &'static [Call] {
    &CALLS
}

/// The call for a method and path, with the path's argument (empty when it has none).
pub fn find_call(method: &str, path: &str) -> Option<(&'static Call, String)> {
    calls().iter().filter(|call| call.method == method).find_map(|call| Some((call, argument(&call.path, path)?)))
}

fn argument(pattern: &str, path: &str) -> Option<String> {
    let (patterns, segments): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    let mut argument = String::new();
    for (pattern, segment) in patterns.iter().zip(&segments) {
        if pattern.starts_with('{') && !segment.is_empty() {
            argument = (*segment).to_owned();
        } else if pattern != segment {
            return None;
        }
    }
    (patterns.len() == segments.len()).then_some(argument)
}

#[derive(Default)]
struct Reader {
    shapes: HashMap<String, Vec<Field>>,
    calls: Vec<Call>,
}

impl Reader {
    /// Reads one table. A table is part of the program: a mistake in it panics at the first request and in every test.
    fn read(&mut self, text: &str) {
        let lines: Vec<(usize, &str)> = text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|line| (line.len() - line.trim_start().len(), line.trim()))
            .collect();
        let mut rest = lines.as_slice();
        while let [(_, head), tail @ ..] = rest {
            let end = tail.iter().position(|(indent, _)| *indent == 0).unwrap_or(tail.len());
            let (body, next) = tail.split_at(end);
            let fields = self.fields(body);
            match head.split_whitespace().collect::<Vec<_>>()[..] {
                ["shape", name] => {
                    self.shapes.insert(name.to_owned(), fields);
                }
                [name, method, path, "->", ref answer @ ..] => {
                    let (is_list, answers) = match *answer {
                        ["list", kind] => (true, kind),
                        [kind] => (false, kind),
                        _ => panic!("what does this call answer: {head}"),
                    };
                    self.calls.push(Call {
                        name: name.to_owned(),
                        method: method.to_owned(),
                        path: path.to_owned(),
                        fields,
                        answers: answers.to_owned(),
                        is_list,
                    });
                }
                _ => panic!("neither a call nor a shape: {head}"),
            }
            rest = next;
        }
    }

    fn fields(&self, lines: &[(usize, &str)]) -> Vec<Field> {
        let mut fields = Vec::new();
        let mut rest = lines;
        while let [(indent, line), tail @ ..] = rest {
            let end = tail.iter().position(|(deeper, _)| deeper <= indent).unwrap_or(tail.len());
            let (body, next) = tail.split_at(end);
            let (name, kind) = line.split_once(' ').unwrap_or_else(|| panic!("a parameter without a type: {line}"));
            if name == "use" {
                fields.extend(self.shapes.get(kind).unwrap_or_else(|| panic!("no such shape: {kind}")).iter().cloned());
            } else {
                let (kind, unsettable) = kind.strip_suffix('?').map_or((kind, false), |kind| (kind, true));
                let (name, required) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
                fields.push(Field { name: name.to_owned(), required, unsettable, kind: self.kind(kind, body) });
            }
            rest = next;
        }
        fields
    }

    fn kind(&self, text: &str, body: &[(usize, &str)]) -> Kind {
        if let Some(inner) = text.strip_prefix("[] ") {
            return Kind::List(Box::new(self.kind(inner, body)));
        }
        if text.contains(" or ") {
            return Kind::Either(text.split(" or ").map(|part| self.kind(part, body)).collect());
        }
        match text {
            "string" => Kind::Text,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "boolean" => Kind::Boolean,
            "decimal" => Kind::Decimal,
            "map" => Kind::Map,
            "{}" => Kind::Object(self.fields(body)),
            words => Kind::OneOf(words.split('|').map(str::to_owned).collect()),
        }
    }
}

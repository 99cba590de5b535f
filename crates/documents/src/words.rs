//! The words, from Fluent files.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// A language a client may be written to in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Malay.
    Malay,
}

impl Language {
    /// The language of a BCP 47 tag ("ms", "ms-MY"); English for any other.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next() {
            Some("ms") => Self::Malay,
            _ => Self::English,
        }
    }

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Malay => "ms",
        }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
            LazyLock::new(|| bundle("en", include_str!("../locales/en.ftl")));
        static MALAY: LazyLock<FluentBundle<FluentResource>> =
            LazyLock::new(|| bundle("ms", include_str!("../locales/ms.ftl")));
        match self {
            Self::English => &ENGLISH,
            Self::Malay => &MALAY,
        }
    }

    /// A sentence that takes nothing.
    pub(crate) fn say(self, key: &str) -> String {
        self.say_with(key, &[])
    }

    /// A sentence with its parameters. They are texts: numbers are formatted by `when` and `money`.
    pub(crate) fn say_with(self, key: &str, parameters: &[(&str, &str)]) -> String {
        let bundle = self.bundle();
        let message = bundle
            .get_message(key)
            .and_then(|message| message.value())
            .expect("every key asked for stands in both files: the snapshots render each of them");
        let mut args = FluentArgs::new();
        for (name, value) in parameters {
            args.set(*name, *value);
        }
        let mut errors = Vec::new();
        bundle
            .format_pattern(message, Some(&args), &mut errors)
            .into_owned()
    }
}

fn bundle(tag: &str, source: &str) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = tag.parse().expect("\"en\" and \"ms\" are well formed");
    let resource = FluentResource::try_new(source.to_owned())
        .expect("the file is part of the program and a test parses it");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks are for screens that mix directions of writing; in a mail they are stray bytes.
    bundle.set_use_isolating(false);
    bundle
        .add_resource(resource)
        .expect("no key stands twice: a test parses the file");
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Every key with the parameters it names.
    fn keys(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        source
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
            .map(|line| {
                let (key, text) = line.split_once(" = ").expect("one message per line");
                let parameters = text
                    .split("{ $")
                    .skip(1)
                    .map(|rest| rest.split(" }").next().unwrap_or_default().to_owned())
                    .collect();
                (key.to_owned(), parameters)
            })
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_with_the_same_parameters() {
        let english = keys(include_str!("../locales/en.ftl"));
        let malay = keys(include_str!("../locales/ms.ftl"));
        assert!(english.len() > 60, "the file is read: {}", english.len());
        assert_eq!(english, malay, "a sentence is missing or loses a parameter");
    }

    #[test]
    fn a_tag_with_a_region_is_understood() {
        assert_eq!(Language::from_tag("ms-MY"), Language::Malay);
        assert_eq!(Language::from_tag("en_GB"), Language::English);
        assert_eq!(Language::from_tag("de"), Language::English);
    }
}

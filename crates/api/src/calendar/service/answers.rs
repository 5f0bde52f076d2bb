//! What customers answer to a service's questions.

use vitrine_types::{
    calendar::{Answer, Answers},
    catalog::{Question, QuestionKind},
};

use crate::error::{Fields, Result};

/// Checks answers, and leaves out empty ones. `lenient`: none is required, for the owner asks on the phone.
///
/// # Errors
/// `request.invalid` with every answer that does not fit.
pub fn check(questions: &[Question], mut answers: Answers, lenient: bool) -> Result<Answers> {
    answers.retain(|_, answer| !matches!(answer, Answer::Text(text) if text.trim().is_empty()));
    let mut fields = Fields::default();
    for (id, answer) in &answers {
        // What the client sent is repeated only in part: it may be long.
        let field = format!("answers.{}", id.chars().take(40).collect::<String>());
        let Some(question) = questions.iter().find(|question| question.id == *id) else {
            fields.check(false, &field, "unknown_field", "There is no such question");
            continue;
        };
        match (question.kind, answer) {
            (QuestionKind::Checkbox, Answer::Flag(_)) => {}
            (QuestionKind::Checkbox, _) => fields.check(false, &field, "invalid", "true or false"),
            (QuestionKind::File, Answer::File(file)) => {
                fields.text(&file.name, &field, 1, 255);
                fields.text(&file.content_type, &field, 1, 255);
            }
            (QuestionKind::File, _) => fields.check(false, &field, "invalid", "A file that was sent before"),
            (_, Answer::Flag(_) | Answer::File(_)) => fields.check(false, &field, "invalid", "A text"),
            (kind, Answer::Text(text)) => check_text(&mut fields, &field, question, kind, text),
        }
    }
    for question in questions.iter().filter(|question| question.required && !lenient) {
        let answered = match answers.get(&question.id) {
            // A box that has to be ticked: terms, consent.
            Some(Answer::Flag(ticked)) => *ticked,
            Some(Answer::Text(_) | Answer::File(_)) => true,
            None => false,
        };
        fields.check(answered, &format!("answers.{}", question.id), "required", "This is needed");
    }
    fields.done()?;
    Ok(answers)
}

fn check_text(fields: &mut Fields, field: &str, question: &Question, kind: QuestionKind, text: &str) {
    fields.text(text, field, 0, if kind == QuestionKind::LongText { 5000 } else { 500 });
    match kind {
        QuestionKind::LongText | QuestionKind::Checkbox | QuestionKind::File => {}
        QuestionKind::Text => fields.check(!text.contains(['\n', '\r']), field, "invalid", "One line"),
        QuestionKind::Select => {
            fields.check(question.options.iter().any(|option| option == text), field, "invalid", "One of the options");
        }
        QuestionKind::Email => {
            let fine = text.split_once('@').is_some_and(|(user, host)| {
                !user.is_empty() && host.contains('.') && !text.contains(char::is_whitespace) && !host.contains('@')
            });
            fields.check(fine, field, "invalid", "An e-mail address");
        }
        QuestionKind::Url => {
            let web = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            fields.check(web, field, "invalid", "A web address that starts with https://");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn question(id: &str, kind: &str, required: bool) -> Question {
        let options = if kind == "select" { vec!["S", "M"] } else { vec![] };
        let question = json!({"id": id, "label": id, "kind": kind, "required": required, "options": options});
        serde_json::from_value(question).unwrap()
    }

    fn wrong(questions: &[Question], answers: Value) -> Vec<String> {
        let problem =
            check(questions, serde_json::from_value(answers).unwrap(), false).err().map(|error| error.problem());
        let told = |error: vitrine_types::FieldError| format!("{} {}", error.field, error.code);
        problem.map(|problem| problem.errors.into_iter().map(told).collect()).unwrap_or_default()
    }

    #[test]
    fn answers_fit_their_questions() {
        let questions =
            ["text", "long_text", "select", "checkbox", "email", "url"].map(|kind| question(kind, kind, false));
        let fine = json!({
            "text": "a", "long_text": "a\nb", "select": "M", "checkbox": false, "email": "a@b.cd", "url": "https://a.b/c",
        });
        assert!(wrong(&questions, fine).is_empty());
        assert!(wrong(&questions, json!({})).is_empty());
        let bad = json!({
            "checkbox": "yes", "email": "a@b@c.d", "long_text": "x".repeat(5001), "other": "?", "select": "L", "text": "a\nb",
            "url": "javascript:alert(1)",
        });
        let wanted = [
            "answers.checkbox invalid",
            "answers.email invalid",
            "answers.long_text too_long",
            "answers.other unknown_field",
            "answers.select invalid",
            "answers.text invalid",
            "answers.url invalid",
        ];
        assert_eq!(wrong(&questions, bad), wanted);
    }

    #[test]
    fn what_is_required_is_missed() {
        let questions = [question("name", "text", true), question("terms", "checkbox", true)];
        assert_eq!(
            wrong(&questions, json!({"name": "  ", "terms": false})),
            ["answers.name required", "answers.terms required"]
        );
        assert!(wrong(&questions, json!({"name": "A", "terms": true})).is_empty());
        assert!(check(&questions, Answers::new(), true).is_ok());
    }
}

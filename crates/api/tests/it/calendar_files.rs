//! Files that customers send with their answers.

use chrono::TimeDelta;
use object_store::{ObjectStoreExt, path::Path};
use serde_json::json;
use uuid::Uuid;
use vitrine::calendar::service::files;
use vitrine_types::{
    Code,
    calendar::{Answer, BookingMove, IntakeFile},
};

use crate::{
    calendar::{booking, code, days, open, rights, service, signed_in_again, starts},
    harness::{Shop, eventually, with_shop},
};

const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n";

/// Whether a customer's file is in the storage.
async fn is_there(shop: &Shop, customer: Uuid, file: &IntakeFile) -> bool {
    shop.server.state.storage.head(&Path::from(files::key(customer, file.id))).await.is_ok()
}

#[test]
fn a_file_is_sent_booked_with_read_by_the_owner_and_forgotten() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let questions = json!([{"id": "sketch", "label": "A sketch", "kind": "file", "required": true}]);
        let talk =
            service(shop, "Talk", |service| service.questions = serde_json::from_value(questions).unwrap()).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let customer = ann.get_account().await.unwrap().id;
        let right = rights(&ann, talk.product.id, 1).await;
        let free = starts(&ann, &talk, &days(shop, 20, 1)).await;
        let mut new = booking(&talk, free[0], right);
        assert_eq!(code(ann.create_booking(&new, None).await), Some(Code::InvalidRequest), "it is required");

        // Only what it is by its content counts, and its size.
        assert_eq!(code(shop.visitor().create_intake_file("talk", "a.pdf", PDF.into()).await), Some(Code::NotSignedIn));
        assert_eq!(code(ann.create_intake_file("nothing", "a.pdf", PDF.into()).await), Some(Code::NotFound));
        for bad in ["<html><script>alert(1)</script>", "MZ\u{0}\u{1}\u{2}"] {
            let sent = ann.create_intake_file("talk", "a.pdf", bad.into()).await;
            assert_eq!(code(sent), Some(Code::InvalidRequest), "{bad}");
        }
        let huge = [PDF, &vec![b' '; files::MAX_SIZE as usize]].concat();
        assert_eq!(code(ann.create_intake_file("talk", "a.pdf", huge).await), Some(Code::PayloadTooLarge));

        let sent = ann.create_intake_file("talk", "C:\\my\\Entwurf ü.pdf", PDF.into()).await.unwrap();
        assert_eq!((sent.name.as_str(), sent.size), ("Entwurf ü.pdf", PDF.len() as i64));
        assert_eq!(sent.content_type, "application/pdf");
        // Somebody else cannot book with it, nor with one that was never sent.
        let theirs = rights(&bob, talk.product.id, 1).await;
        let mut stolen = booking(&talk, free[0], theirs);
        stolen.answers.insert("sketch".into(), Answer::File(sent.clone()));
        assert_eq!(code(bob.create_booking(&stolen, None).await), Some(Code::InvalidRequest));
        let invented = IntakeFile { id: Uuid::now_v7(), ..sent.clone() };
        new.answers.insert("sketch".into(), Answer::File(invented));
        assert_eq!(code(ann.create_booking(&new, None).await), Some(Code::InvalidRequest));
        new.answers.insert("sketch".into(), Answer::Text(sent.id.to_string()));
        assert_eq!(code(ann.create_booking(&new, None).await), Some(Code::InvalidRequest));

        new.answers.insert("sketch".into(), Answer::File(sent.clone()));
        let made = ann.create_booking(&new, None).await.unwrap();
        let admin = shop.admin().await;
        assert_eq!(admin.get_intake_file(made.id, sent.id).await.unwrap(), PDF);
        assert_eq!(code(ann.get_intake_file(made.id, sent.id).await), Some(Code::Forbidden));
        assert_eq!(code(admin.get_intake_file(made.id, Uuid::now_v7()).await), Some(Code::NotFound));

        // Kept as long as the appointment needs it, also a moved one, and for a while after.
        let later = starts(&ann, &talk, &days(shop, 40, 1)).await[0];
        ann.reschedule_booking(made.id, &BookingMove { start: later }).await.unwrap();
        shop.pass(later + TimeDelta::days(89) - shop.server.state.clock.now());
        let ann = signed_in_again(shop, "ann").await;
        let unused = ann.create_intake_file("talk", "b.pdf", PDF.into()).await.unwrap();
        assert!(is_there(shop, customer, &sent).await);
        shop.pass(TimeDelta::days(2));
        let gone = |file: IntakeFile| async move { (!is_there(shop, customer, &file).await).then_some(()) };
        eventually("it is deleted after 90 days", || gone(sent.clone())).await;
        assert!(is_there(shop, customer, &unused).await);
        shop.pass(TimeDelta::days(6));
        eventually("what was never used is deleted after a week", || gone(unused.clone())).await;
    });
}

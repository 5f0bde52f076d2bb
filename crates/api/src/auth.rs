//! Who is asking: access tokens, and extractors that are the authorisation.
//!
//! A handler that takes [`SignedIn`] answers 401 to strangers, one that takes [`Admin`] also 403 to customers and to
//! admins without the second factor that the shop asks of them; one that takes [`Visitor`] or nothing is public. The token names a session; the session and the account are looked up at each
//! request, so that signing out, a new password or a changed role act at once, in every process. The looking up is done
//! by [`identify_caller`] before any extractor runs: a stranger is told to sign in, not what is wrong with the body.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vitrine_types::{Code, accounts::Role};

use crate::{
    accounts,
    error::{Error, Result},
    state::State,
};

/// How long an access token is good for.
pub const ACCESS_TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);

const ISSUER: &str = "vitrine";

/// Signs and checks tokens (HS256). The first secret signs, all check: rotate by putting a new one in front.
pub struct Keys {
    /// By `kid`, the start of the secret's SHA-256.
    keys: Vec<(String, EncodingKey, DecodingKey)>,
}

#[derive(Serialize, Deserialize)]
struct Claims<T> {
    iss: String,
    /// What the token is for: a download link is no access token, and the other way round.
    aud: String,
    typ: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    #[serde(flatten)]
    body: T,
}

/// What a token is for.
pub trait TokenBody: Serialize + DeserializeOwned {
    /// Its claim `typ`.
    const TYPE: &'static str;
}

/// An access token: which session of which account.
#[derive(Serialize, Deserialize)]
pub struct Access {
    /// The account.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
}

impl TokenBody for Access {
    const TYPE: &'static str = "access";
}

impl Keys {
    /// Keys of these secrets.
    pub fn new(secrets: &[SecretString]) -> Self {
        let key = |secret: &SecretString| {
            let secret = secret.expose_secret().as_bytes();
            let kid = hex::encode(&Sha256::digest(secret)[..6]);
            (kid, EncodingKey::from_secret(secret), DecodingKey::from_secret(secret))
        };
        Self { keys: secrets.iter().map(key).collect() }
    }

    /// A token that says `body` until `now + life`.
    ///
    /// # Errors
    /// Only when there is no key.
    pub fn sign<T: TokenBody>(&self, body: T, now: DateTime<Utc>, life: TimeDelta) -> Result<String> {
        let (kid, key, _) = self.keys.first().ok_or_else(|| Error::internal(anyhow::anyhow!("no signing key")))?;
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
        let claims = Claims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            typ: T::TYPE.into(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + life).timestamp(),
            body,
        };
        jsonwebtoken::encode(&header, &claims, key).map_err(Error::internal)
    }

    /// What a token says; `None` when it is forged, for something else, or its time is over.
    pub fn verify<T: TokenBody>(&self, token: &str, now: DateTime<Utc>) -> Option<T> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let (_, _, key) = self.keys.iter().find(|(id, ..)| *id == kid)?;
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[ISSUER]);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud"]);
        // By our own clock, below.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims<T>>(token, key, &rules).ok()?.claims;
        let now = now.timestamp();
        (claims.typ == T::TYPE && claims.nbf <= now && now < claims.exp).then_some(claims.body)
    }
}

/// An account that is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The account.
    pub id: Uuid,
    /// The session.
    pub session_id: Uuid,
    /// What the account may do.
    pub role: Role,
    /// Whether the owner's pages stay closed until it has a second factor: the shop asks one of its admins, this one has none.
    pub needs_totp: bool,
}

/// An admin that is signed in.
#[derive(Clone, Debug)]
pub struct Admin(pub SignedIn);

/// Whoever asks, signed in or not. A token that is not valid is refused even here: its owner should know.
#[derive(Clone, Debug)]
pub struct Visitor(pub Option<SignedIn>);

impl Visitor {
    /// The account, when signed in.
    pub fn id(&self) -> Option<Uuid> {
        self.0.as_ref().map(|caller| caller.id)
    }
}

async fn identify(state: &State, request: &HttpRequest) -> Result<Option<SignedIn>> {
    let Some(header) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let token = header.to_str().ok().and_then(|text| text.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let access: Access =
        token.and_then(|token| state.keys.verify(token, state.clock.now())).ok_or(Code::InvalidToken)?;
    let live = accounts::service::find_live_session(&state.db, access.sid, access.sub, state.clock.now()).await?;
    let live = live.ok_or(Code::InvalidToken)?;
    let needs_totp = accounts::service::needs_totp(&state.config, live.role, live.totp_enabled);
    Ok(Some(SignedIn { id: access.sub, session_id: access.sid, role: live.role, needs_totp }))
}

/// What [`identify_caller`] found; absent when there was nothing to find.
#[derive(Clone)]
enum Caller {
    Known(SignedIn),
    InvalidToken,
}

/// Looks up who the request says it is, for the extractors.
///
/// # Errors
/// Those of other middleware; a handler's errors are answers already.
pub async fn identify_caller(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    let found = match &state {
        Some(state) => identify(state, request.request()).await,
        None => Err(Error::internal(anyhow::anyhow!("the application has no state"))),
    };
    match found {
        Ok(None) => {}
        Ok(Some(caller)) => drop(request.extensions_mut().insert(Caller::Known(caller))),
        Err(error) if error.code() == Code::InvalidToken => {
            request.extensions_mut().insert(Caller::InvalidToken);
        }
        Err(error) => return Ok(request.into_response(HttpResponse::from_error(error))),
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

fn caller(request: &HttpRequest) -> Result<Option<SignedIn>> {
    match request.extensions().get::<Caller>() {
        None => Ok(None),
        Some(Caller::Known(caller)) => Ok(Some(caller.clone())),
        Some(Caller::InvalidToken) => Err(Code::InvalidToken.into()),
    }
}

macro_rules! extractor {
    ($name:ty, $found:expr) => {
        impl FromRequest for $name {
            type Error = Error;
            type Future = Ready<Result<Self>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(caller(request).and_then($found))
            }
        }
    };
}

extractor!(Visitor, |caller| Ok(Visitor(caller)));
extractor!(SignedIn, |caller: Option<SignedIn>| caller.ok_or_else(|| Code::NotSignedIn.into()));
extractor!(Admin, |caller: Option<SignedIn>| {
    let caller = caller.ok_or(Code::NotSignedIn)?;
    match caller.role {
        Role::Admin if caller.needs_totp => Err(Code::TotpSetupRequired.into()),
        Role::Admin => Ok(Admin(caller)),
        Role::Customer => Err(Code::Forbidden.into()),
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Other {}
    impl TokenBody for Other {
        const TYPE: &'static str = "other";
    }

    fn keys(secrets: &[&str]) -> Keys {
        Keys::new(&secrets.iter().map(|s| SecretString::from(s.repeat(8))).collect::<Vec<_>>())
    }

    #[test]
    fn a_token_is_good_for_its_time_its_kind_and_its_key_only() {
        let now = crate::clock::Clock::default().now();
        let mine = keys(&["first"]);
        let token = mine.sign(Access { sub: Uuid::nil(), sid: Uuid::nil() }, now, ACCESS_TOKEN_LIFE).unwrap();
        assert!(mine.verify::<Access>(&token, now).is_some());
        assert!(mine.verify::<Access>(&token, now + ACCESS_TOKEN_LIFE).is_none(), "expired");
        assert!(mine.verify::<Access>(&token, now - TimeDelta::seconds(1)).is_none(), "not yet");
        assert!(mine.verify::<Other>(&token, now).is_none(), "another kind");
        assert!(keys(&["other"]).verify::<Access>(&token, now).is_none(), "another key");
        assert!(keys(&["new", "first"]).verify::<Access>(&token, now).is_some(), "rotated");
    }

    #[test]
    fn a_changed_token_is_refused() {
        let now = crate::clock::Clock::default().now();
        let keys = keys(&["first"]);
        let token = keys.sign(Access { sub: Uuid::nil(), sid: Uuid::nil() }, now, ACCESS_TOKEN_LIFE).unwrap();
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last character of a base64 signature carries bits that decode to nothing.
            if changed != token && position + 1 < token.len() {
                assert!(keys.verify::<Access>(&changed, now).is_none(), "position {position}");
            }
        }
        let unsigned = token.rsplit_once('.').unwrap().0.to_owned() + ".";
        assert!(keys.verify::<Access>(&unsigned, now).is_none());
    }
}

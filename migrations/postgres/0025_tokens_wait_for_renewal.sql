-- A period's tokens do not end with it while its renewal is neither paid nor given up: they wait for that, and can be spent.
alter table token_lots add column held boolean not null default false;
update token_lots set held = true
    where source in ('period', 'rollover') and exists (
        select 1 from subscriptions s where s.id = token_lots.account_id and s.has_benefits
            and token_lots.expires_at >= s.current_period_start
            and (s.cancel_at is null or token_lots.expires_at < s.cancel_at));

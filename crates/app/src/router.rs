//! One table: name, request, answer, body. The window's command, the tests' browser host and the TypeScript in
//! `ui/src/generated/Commands.ts` all come from it.

use crate::api::Nothing;
use crate::api::account::*;
use crate::api::act::*;
use crate::api::calendar::*;
use crate::api::check::*;
use crate::api::client::*;
use crate::api::clinic::*;
use crate::api::dashboard::*;
use crate::api::invoice::*;
use crate::api::member::*;
use crate::api::notice::*;
use crate::api::session::*;
use crate::api::setup::*;
use crate::{App, calls};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use std::pin::Pin;

macro_rules! commands {
    (app { $($app_name:literal: $app_request:ty => $app_answer:ty, $app_body:path;)* }
     clinic { $($name:literal: $request:ty => $answer:ty, $body:path;)* }) => {
        /// Every command's name.
        pub const COMMANDS: &[&str] = &[$($app_name,)* $($name,)*];

        /// Answers `cmd`. Those of the clinic need one that is open and not locked; of the
        /// app's see [`App::answers`].
        pub(crate) async fn dispatch(app: &App, cmd: &str, payload: Value) -> Result<Box<RawValue>, Problem> {
            match cmd {
                $($app_name => {
                    app.answers(cmd).await?;
                    answer(boxed($app_body(app, read::<$app_request>(payload)?)).await?)
                })*
                $($name => {
                    let office = app.office().await?;
                    answer(boxed($body(&office, read::<$request>(payload)?)).await?)
                })*
                _ => Err(Problem::fault(FaultCode::BadRequest, false, &"no such command")),
            }
        }

        #[cfg(test)]
        mod typescript {
            use super::*;
            use ts_rs::{Config, ExportError, TS, TypeVisitor};

            /// Named so that `cargo xtask types` runs it: it writes every type the screen meets, and the table itself.
            #[test]
            fn export_bindings_of_the_router() -> Result<(), Box<dyn std::error::Error>> {
                let config = Config::from_env().with_large_int("number");
                let mut table = String::from("// Written by `cargo xtask types`; do not edit.\n");
                let mut lines = String::new();
                let mut names = std::collections::BTreeSet::new();
                $(
                    export::<$app_request>(&config)?;
                    export::<$app_answer>(&config)?;
                    imports::<$app_request>(&config, &mut names);
                    imports::<$app_answer>(&config, &mut names);
                    lines += &line($app_name, &<$app_request>::name(&config), &<$app_answer>::name(&config));
                )*
                $(
                    export::<$request>(&config)?;
                    export::<$answer>(&config)?;
                    imports::<$request>(&config, &mut names);
                    imports::<$answer>(&config, &mut names);
                    lines += &line($name, &<$request>::name(&config), &<$answer>::name(&config));
                )*
                Problem::export_all(&config)?;
                Changed::export_all(&config)?;
                for name in names {
                    table += &format!("import type {{ {name} }} from \"./{name}\";\n");
                }
                table += &format!("\n/** Every command of the core, with what it takes and what it answers. */\nexport type Commands = {{\n{lines}}};\n");
                std::fs::create_dir_all(config.out_dir())?;
                std::fs::write(config.out_dir().join("Commands.ts"), table)?;
                std::fs::write(config.out_dir().join("limits.ts"), limits())?;
                Ok(())
            }

            /// The numbers the forms take, for the screens to say beforehand what the core would refuse.
            fn limits() -> String {
                let mut table = String::from("// Written by `cargo xtask types`; do not edit.\n\n/** The least and the most of each number, both allowed. */\nexport const LIMITS = {\n");
                for (name, bounds) in safetalk_domain::validate::limits::ALL {
                    table += &format!("  {name}: {{ min: {}, max: {} }},\n", bounds.least, bounds.most);
                }
                table + "} as const;\n"
            }

            /// Writes a type and all it is made of; of a list or an option only what is inside.
            fn export<T: TS + 'static + ?Sized>(config: &Config) -> Result<(), ExportError> {
                if T::output_path().is_some() {
                    return T::export_all(config);
                }
                let mut inside = Inside { config, outcome: Ok(()) };
                T::visit_generics(&mut inside);
                inside.outcome
            }

            struct Inside<'c> {
                config: &'c Config,
                outcome: Result<(), ExportError>,
            }

            impl TypeVisitor for Inside<'_> {
                fn visit<T: TS + 'static + ?Sized>(&mut self) {
                    if self.outcome.is_ok() {
                        self.outcome = export::<T>(self.config);
                    }
                }
            }

            fn line(name: &str, request: &str, answer: &str) -> String {
                format!("  \"{name}\": {{ request: {request}; answer: {answer} }};\n")
            }

            /// The identifiers inside a type's name that are types of ours.
            fn imports<T: TS>(config: &Config, names: &mut std::collections::BTreeSet<String>) {
                for word in T::name(config).split(|c: char| !c.is_ascii_alphanumeric()) {
                    let ours = word.starts_with(|c: char| c.is_ascii_uppercase()) && word != "Array" && word != "Record";
                    if ours {
                        names.insert(word.to_owned());
                    }
                }
            }
        }
    };
}

/// One allocation a call, so that the table's own future stays small and is known to be `Send` whatever the bodies are.
fn boxed<'a, T>(
    body: impl Future<Output = T> + Send + 'a,
) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    Box::pin(body)
}

fn read<T: DeserializeOwned>(payload: Value) -> Result<T, Problem> {
    // serde's text may quote what was sent, which may be a name: only the position is told.
    serde_json::from_value(payload).map_err(|error| {
        Problem::fault(
            FaultCode::BadRequest,
            false,
            &format!("malformed request ({:?})", error.classify()),
        )
    })
}

/// The answer as the text that goes to the screen: a tree of values in between would cost a full week more than finding it.
fn answer<T: Serialize>(answer: T) -> Result<Box<RawValue>, Problem> {
    to_raw_value(&answer)
        .map_err(|error| Problem::internal(&format!("answer not written ({:?})", error.classify())))
}

commands! {
    app {
        "app.state": Nothing => AppState, calls::setup::state;
        "app.quit": QuitRequest => QuitAnswer, calls::setup::quit;
        "app.holding": HoldingRequest => Nothing, calls::setup::holding;
        "setup.defaults": DefaultsRequest => Defaults, calls::setup::defaults;
        "setup.create": CreateRequest => AppState, calls::setup::create;
        "setup.demo": Nothing => AppState, calls::setup::demo;
        "setup.discard_demo": Nothing => AppState, calls::setup::discard_demo;
        "setup.confirm_recovery": ConfirmRecoveryRequest => RecoveryAnswer, calls::setup::confirm_recovery;
        "setup.save_recovery": FileWords => SavedFile, calls::setup::save_recovery;
        "setup.print_recovery": Nothing => Nothing, calls::setup::print_recovery;
        "setup.restore": RestoreBackupRequest => RestoreAnswer, calls::restore::restore;
        "setup.open_with_recovery": OpenWithRecoveryRequest => RecoveryAnswer, calls::setup::open_with_recovery;
        "setup.make_replica": Nothing => AppState, calls::restore::make_replica;
        "setup.retry": Nothing => AppState, calls::setup::retry;
        "setup.sign_in": SignInRequest => SignedIn, calls::sign_in::sign_in;
        "setup.accept_invite": AcceptInviteRequest => SignedIn, calls::sign_in::accept_invite;
        "account.sign_out": SignOutRequest => SignedOut, calls::account::sign_out;
        "account.start_over": Nothing => AppState, calls::account::start_over;
        "device.choose": DeviceChoice => DeviceSettings, calls::setup::choose;
        "lock.now": Nothing => AppState, calls::lock::lock_now;
        "lock.unlock": UnlockRequest => PinAnswer, calls::lock::unlock;
        "lock.set_pin": SetPinRequest => PinAnswer, calls::lock::set_pin;
    }
    clinic {
        "sidebar.get": Nothing => SidebarView, calls::sidebar::get;
        "dashboard.get": Nothing => DashboardView, calls::dashboard::get;
        "calendar.view": CalendarRequest => CalendarView, calls::calendar::view;
        "calendar.month": MonthRequest => MonthView, calls::calendar::month;
        "act.undo": UndoRequest => Undone, calls::undo::undo;
        "session.get": SessionRequest => SessionDetail, calls::detail::get;
        "session.check": CheckRequest => CheckAnswer, calls::check::check;
        "session.free_days": FreeDaysRequest => FreeDaysView, calls::free_days::free_days;
        "session.preview_series": SeriesRequest => Vec<Occurrence>, calls::series::preview;
        "session.book": BookRequest => Booked, calls::book::book;
        "session.cancel": CancelRequest => Acted, calls::session::cancel;
        "session.restore": RestoreRequest => Acted, calls::session::restore;
        "session.reschedule": RescheduleRequest => Acted, calls::session::reschedule;
        "session.modify_duration": ModifyDurationRequest => Acted, calls::session::modify_duration;
        "session.no_show": NoShowRequest => Acted, calls::session::no_show;
        "session.undo_no_show": SessionRequest => Acted, calls::session::undo_no_show;
        "session.confirm": ConfirmRequest => Acted, calls::session::confirm;
        "session.remark": RemarkRequest => Acted, calls::session::remark;
        "session.remind": RemindRequest => Acted, calls::session::remind;
        "told.personally": ToldRequest => Acted, calls::session::told_personally;
        "refused.close": CloseRefusedRequest => Nothing, calls::refused::close_refused;
        "client.list": ClientsRequest => Vec<ClientRow>, calls::client::list;
        "client.get": ClientRequest => ClientDetail, calls::client::get;
        "client.save": SaveClientRequest => SavedClient, calls::client::save;
        "phone.call": CallRequest => Nothing, calls::client::call;
        "clinic.get": Nothing => ClinicView, calls::clinic::get;
        "clinic.save": SaveClinicRequest => Acted, calls::clinic::save;
        "room.save": SaveRoomRequest => Acted, calls::clinic::save_room;
        "service.save": SaveServiceRequest => Acted, calls::clinic::save_service;
        "therapist.save": SaveTherapistRequest => Acted, calls::clinic::save_therapist;
        "hours.get": Nothing => HoursView, calls::hours::get;
        "hours.set": SetHoursRequest => Acted, calls::hours::set;
        "time_off.add": AddTimeOffRequest => Acted, calls::hours::add_time_off;
        "time_off.remove": RemoveTimeOffRequest => Acted, calls::hours::remove_time_off;
        "invoice.list": InvoicesRequest => InvoicesView, calls::invoice::list;
        "invoice.get": InvoiceRequest => InvoiceDetail, calls::invoice::get;
        "invoice.draft": DraftRequest => Acted, calls::invoice::draft;
        "invoice.issue": InvoiceRequest => Acted, calls::invoice::issue;
        "invoice.pay": PayRequest => Acted, calls::invoice::pay;
        "invoice.take_back": InvoiceRequest => Acted, calls::invoice::take_back;
        "invoice.void": InvoiceRequest => Acted, calls::invoice::void;
        "invoice.send": SendRequest => Acted, calls::invoice::send;
        "notice.list": NoticesRequest => NoticesView, calls::notice::list;
        "notice.retry": LetterRequest => Acted, calls::notice::retry;
        "notice.drop": LetterRequest => Acted, calls::notice::drop_it;
        "notice.text": LetterRequest => NoticeText, calls::notice::text;
        "notice.choose": ChooseRequest => Nothing, calls::notice::choose;
        "notice.preview": PreviewRequest => NoticeText, calls::notice::preview;
        "notice.open_whatsapp": NoticeRequest => WhatsappOpened, calls::notice::open_whatsapp;
        "notice.record_whatsapp": WhatsappRequest => Acted, calls::notice::record_whatsapp;
        "mail.get": Nothing => Option<MailView>, calls::mail::get;
        "mail.retry": RetryMailRequest => Nothing, calls::mail::retry;
        "mail.presets": Nothing => Vec<MailPreset>, calls::mail::presets;
        "mail.save": MailRequest => Nothing, calls::mail::save;
        "mail.test": MailRequest => MailTested, calls::mail::test;
        "account.get": Nothing => Option<AccountView>, calls::account::get;
        "account.sign_in_again": SignInAgainRequest => SignedIn, calls::sign_in::sign_in_again;
        "member.list": Nothing => MembersView, calls::members::list;
        "member.save": SaveMemberRequest => SavedMember, calls::members::save;
        "member.stand": StandRequest => Acted, calls::members::stand;
        "member.reassign": ReassignRequest => Reassigned, calls::members::reassign;
        "member.access": Nothing => Vec<AccessView>, calls::members::access;
        "member.invite": InviteRequest => MemberLink, calls::members::invite;
        "member.reset": MemberRequest => MemberLink, calls::members::reset;
        "plan.save": SavePlanRequest => Acted, calls::members::save_plan;
        "computer.list": Nothing => Vec<ComputerView>, calls::members::computers;
        "computer.revoke": RevokeRequest => Nothing, calls::members::revoke;
        "second_step.get": Nothing => SecondStep, calls::members::second_step;
        "second_step.begin": Nothing => SecondStepSecret, calls::members::begin_second_step;
        "second_step.confirm": CodeRequest => PaperCodes, calls::members::confirm_second_step;
        "second_step.save": SaveCodesRequest => SavedFile, calls::members::save_codes;
        "second_step.off": CodeRequest => Nothing, calls::members::end_second_step;
        "view.get": Nothing => ViewSettings, calls::view::get;
        "view.save": ViewSettings => Nothing, calls::view::save;
        "backup.get": Nothing => BackupView, calls::backup::get;
        "backup.choose": FileWords => BackupView, calls::backup::choose;
        "backup.now": Nothing => BackupView, calls::backup::now;
    }
}

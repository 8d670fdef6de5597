//! The laws by which replicas that worked apart agree, one file each and named like it: on real databases, with two to
//! four replicas, any interleaving of what they do and hear, deliveries that are cut short and that come again. In the
//! end all of them are the same, nothing that was acknowledged is lost, and what the law says is so.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(
    clippy::unnecessary_wraps,
    clippy::trivially_copy_pass_by_ref,
    reason = "what a law's people do has one shape"
)]

mod apart;
#[path = "../support/meeting.rs"]
mod meeting;
#[path = "../support/mod.rs"]
mod support;

mod a_day_that_was_closed_takes_late_facts_as_adjustments_of_the_next;
mod a_held_course_that_two_hubs_fire_is_made_once;
mod a_line_added_beside_the_close_opens_the_check_again;
mod a_sent_line_that_is_edited_is_voided_and_linked_to_a_new_one;
mod a_void_stands_beside_progress;
mod fields_of_the_catalogue_go_to_the_last_writer_and_the_loser_is_kept;
mod lines_added_to_one_check_are_all_kept;
mod progress_of_a_line_never_goes_back_by_itself;
mod shared_documents_have_one_root_wherever_they_began;
mod stock_is_what_was_counted_less_what_was_taken_since;
mod tenders_refunds_and_tips_are_only_ever_added;
mod two_checks_opened_on_one_table_are_both_kept;
mod two_parties_at_one_table_are_both_kept;
mod what_devices_say_is_kept_once_until_somebody_answers;

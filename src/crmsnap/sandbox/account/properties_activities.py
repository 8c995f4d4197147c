"""The properties of engagements and of what is sold."""

from crmsnap.sandbox.account.property import Property, parse

ACTIVITY = parse(
    "engagement",
    """
    hs_timestamp                        datetime/date          iso                       99
    hs_activity_type                    enumeration/select     enum:Intro,Follow_up      20
    hs_attachment_ids                   enumeration/checkbox   many:90071992547,90071992548 8
    hs_engagement_source                enumeration/select     enum:CRM_UI,INTEGRATION   70
    hs_body_preview                     string/calculation_equation sentence             60 calculated
    hs_body_preview_is_truncated        bool/calculation_equation bool                   60 calculated
""",
)

ACTIVITY_PROPERTIES: dict[str, tuple[Property, ...]] = {
    "0-18": ACTIVITY + parse("communication", """
        hs_communication_channel_type   enumeration/select     enum:SMS,WHATS_APP,LINKEDIN_MESSAGE 99
        hs_communication_body           string/textarea        sentence                  95
        hs_communication_logged_from    enumeration/select     enum:CRM                  99
    """),
    "0-27": ACTIVITY + parse("task", """
        hs_task_subject                 string/text            sentence                  99
        hs_task_body                    string/html            html                      40
        hs_task_status                  enumeration/select     enum:NOT_STARTED,COMPLETED,WAITING 99 tracked
        hs_task_priority                enumeration/select     enum:NONE,LOW,HIGH        80
        hs_task_completion_date         datetime/date          iso                       40
        hs_task_is_all_day              bool/booleancheckbox   bool                      40
    """),
    "0-46": ACTIVITY + parse("note", """
        hs_note_body                    string/html            in_turn:texts             97
    """),
    "0-47": ACTIVITY + parse("meeting", """
        hs_meeting_title                string/text            sentence                  95
        hs_meeting_body                 string/html            html                      50
        hs_meeting_start_time           datetime/date          iso                       99
        hs_meeting_end_time             datetime/date          iso                       99
        hs_meeting_outcome              enumeration/select     enum:SCHEDULED,COMPLETED,NO_SHOW 70 tracked
        hs_attendee_owner_ids           enumeration/checkbox   owners                    50
    """),
    "0-48": ACTIVITY + parse("call", """
        hs_call_title                   string/text            sentence                  80
        hs_call_body                    string/html            html                      50
        hs_call_duration                number/number          int:0..3600000            80
        hs_call_direction               enumeration/select     enum:INBOUND,OUTBOUND     90
        hs_call_status                  enumeration/select     enum:COMPLETED,BUSY       90
        hs_call_to_number               string/phonenumber     phone                     80
        hs_call_has_transcript          bool/booleancheckbox   bool                      50
    """),
    "0-49": ACTIVITY + parse("email", """
        hs_email_subject                string/text            sentence                  98
        hs_email_text                   string/textarea        paragraph                 70
        hs_email_html                   string/html            html                      70
        hs_email_direction              enumeration/select     enum:EMAIL,INCOMING_EMAIL 99
        hs_email_status                 enumeration/select     enum:SENT,BOUNCED         90
        hs_email_headers                string/text            json                      70
        hs_email_to_email               string/text            mail                      90
    """),
    "0-116": ACTIVITY + parse("postal_mail", """
        hs_postal_mail_body             string/html            html                      95
    """),
}  # fmt: skip

SALES_PROPERTIES: dict[str, tuple[Property, ...]] = {
    "0-7": parse("productinformation", """
        name                            string/text            product                   99
        description                     string/textarea        paragraph                 60
        price                           number/number          decimal:1..900            95 tracked
        hs_sku                          string/text            in_turn:texts             90
        hs_cost_of_goods_sold           number/number          decimal:1..400            40
        recurringbillingfrequency       enumeration/select     enum:monthly,annually     30
    """),
    "0-8": parse("lineiteminformation", """
        name                            string/text            product                   99
        quantity                        number/number          int:1..90                 99
        price                           number/number          decimal:1..900            99
        amount                          number/calculation_equation decimal:1..9000      99 calculated
        hs_product_id                   number/number          int:70000000000..70000009000 90
        discount                        number/number          decimal:0..40             20
        hs_recurring_billing_end_date   datetime/date          epoch                     30
        hs_line_item_currency_code      enumeration/select     enum:EUR,USD,JPY          90
    """),
    "0-14": parse("quoteinformation", """
        hs_title                        string/text            sentence                  99
        hs_status                       enumeration/select     enum:DRAFT,APPROVAL_NOT_NEEDED 99 tracked
        hs_expiration_date              date/date              day                       95
        hs_quote_amount                 number/calculation_equation decimal:1..90000     95 calculated
        hs_quote_link                   string/text            url                       80
        hs_terms                        string/textarea        paragraph                 60
    """),
    "0-53": parse("invoiceinformation", """
        hs_number                       string/text            int:1000..9999            99
        hs_invoice_status               enumeration/select     enum:draft,open,paid,voided 99 tracked
        hs_amount_billed                number/number          decimal:1..90000          95
        hs_due_date                     datetime/date          iso                       90
        hs_currency                     enumeration/select     enum:EUR,USD              99
    """),
    "0-69": parse("subscriptioninformation", """
        hs_name                         string/text            product                   99
        hs_status                       enumeration/select     enum:active,canceled      99 tracked
        hs_recurring_revenue            number/number          decimal:1..9000           95
        hs_next_payment_due_date        datetime/date          epoch                     70
    """),
    "0-72": parse("deal_split", """
        hs_deal_split_percentage        number/number          decimal:0..0              99
        hs_deal_split_amount            number/number          decimal:1..9000           95
    """),
    "0-84": parse("discounts", """
        hs_label                        string/text            product                   99
        hs_value                        number/number          decimal:0..40             99
        hs_type                         enumeration/select     enum:PERCENT,FIXED        99
    """),
    "0-85": parse("fees", """
        hs_label                        string/text            product                   99
        hs_value                        number/number          decimal:0..40             99
    """),
    "0-86": parse("taxes", """
        hs_label                        string/text            product                   99
        hs_value                        number/number          decimal:0..25             99
    """),
    "0-101": parse("payments", """
        hs_initial_amount               number/number          decimal:1..9000           99
        hs_latest_status                enumeration/select     enum:succeeded,refunded   99
        hs_initiated_date               datetime/date          iso                       99
        hs_customer_email               string/text            mail                      95
    """),
    "0-123": parse("orderinformation", """
        hs_pipeline                     enumeration/select     enum:14a2e10e-5471-408a-906e-c51f3b04369e 99
        hs_pipeline_stage               enumeration/radio      enum:4b27b500-f031-4927-9811-68a0b525cbae,aa99e8d0-c1d5-4071-b915-d240bbb1aed9 99 tracked
        hs_order_name                   string/text            sentence                  99
        hs_total_price                  number/number          decimal:1..9000           99
        hs_fulfillment_status           string/text            enum:Shipped,Packing      80 tracked
        hs_shipping_address_city        string/text            city                      80
        hs_external_order_id            string/text            in_turn:numbers           90
    """),
    "0-142": parse("cartinformation", """
        hs_cart_name                    string/text            sentence                  99
        hs_total_price                  number/number          decimal:1..900            99
    """),
}  # fmt: skip

"""The properties of companies, deals, tickets and of the lesser standard types."""

from crmsnap.sandbox.account.property import Property, parse

COMPANIES = parse(
    "companyinformation",
    """
    name                                string/text            company                   98 tracked
    domain                              string/text            domain                    80
    website                             string/text            url                       70
    phone                               string/phonenumber     phone                     60
    description                         string/textarea        paragraph                 50
    about_us                            string/textarea        paragraph                 12
    industry                            enumeration/select     enum:COMPUTER_SOFTWARE,RETAIL,FOOD 70
    type                                enumeration/select     enum:PROSPECT,PARTNER,VENDOR 40
    address                             string/text            address                   60
    city                                string/text            city                      70
    state                               string/text            state                     40
    zip                                 string/text            int:1000..99999           50
    country                             string/text            country                   80
    numberofemployees                   number/number          int:1..90000              55
    annualrevenue                       number/number          int:10000..900000000      45
    founded_year                        string/text            int:1850..2025            30
    is_public                           bool/booleancheckbox   bool                      40
    lifecyclestage                      enumeration/radio      enum:lead,opportunity,customer 90 tracked
    hs_lead_status                      enumeration/radio      enum:NEW,OPEN,CONNECTED   40 tracked
    hs_parent_company_id                number/number          int:51..5000              10
    hs_num_child_companies              number/number          int:0..4                  97 calculated
    num_associated_contacts             number/number          int:0..9                  97 calculated
    total_revenue                       number/number          decimal:10..900000        20
    recent_deal_close_date              datetime/date          iso                       20
    web_technologies                    enumeration/checkbox   many:google_analytics,hubspot,aws 40
    credit_limit_note                   string/textarea        secret                    40 custom sensitive
    vat_checked_on                      date/date              day                       20 custom
    in_house_comment                    string/textarea        in_turn:texts             97 custom
    zoning_permit                       string/text            secret                    50 custom unclassified
""",
)

DEALS = parse(
    "dealinformation",
    """
    dealname                            string/text            product                   99 tracked
    amount                              number/number          decimal:100..250000       85 tracked
    amount_in_home_currency             number/calculation_equation decimal:100..250000  85 calculated
    deal_currency_code                  enumeration/select     enum:EUR,USD,JPY          85
    dealstage                           enumeration/radio      enum:appointmentscheduled,qualifiedtobuy,presentationscheduled,decisionmakerboughtin,closedwon,closedlost 99 tracked
    pipeline                            enumeration/select     enum:default              99
    dealtype                            enumeration/radio      enum:newbusiness,existingbusiness 60
    closedate                           datetime/date          iso                       80 tracked
    description                         string/textarea        paragraph                 40
    hs_closed_amount                    number/calculation_equation decimal:0..90000     99 calculated
    hs_deal_stage_probability           number/calculation_equation decimal:0..0         99 calculated
    hs_forecast_amount                  number/number          decimal:0..90000          30
    hs_is_closed                        bool/calculation_equation bool                   99 calculated
    hs_is_closed_won                    bool/calculation_equation bool                   99 calculated
    hs_priority                         enumeration/select     enum:low,medium,high      40
    hs_next_step                        string/textarea        sentence                  30
    hs_v2_date_entered_closedwon        datetime/calculation_read_time iso               20 calculated
    hs_date_entered_8070190             datetime/calculation_read_time epoch             10 calculated
    closed_lost_reason                  string/textarea        in_turn:texts             60
    customer_order_number               number/number          in_turn:numbers           60 custom
    discount_approval                   string/text            secret                    30 custom sensitive
""",
)

TICKETS = parse(
    "ticketinformation",
    """
    subject                             string/text            sentence                  99
    content                             string/textarea        in_turn:texts             90
    hs_pipeline                         enumeration/select     enum:0                    99
    hs_pipeline_stage                   enumeration/radio      enum:1,2,3,4              99 tracked
    hs_ticket_priority                  enumeration/select     enum:LOW,MEDIUM,HIGH      60 tracked
    hs_ticket_category                  enumeration/select     many:PRODUCT_ISSUE,BILLING_ISSUE 40
    source_type                         enumeration/radio      enum:EMAIL,FORM,CHAT      70
    closed_date                         datetime/date          iso                       45
    time_to_close                       number/number          int:1000..900000000       45
    first_agent_reply_date              datetime/date          iso                       60
    hs_resolution                       enumeration/select     enum:ISSUE_FIXED,WONT_FIX 30
    hs_num_times_contacted              number/number          int:0..9                  99
""",
)

STANDARD_PROPERTIES: dict[str, tuple[Property, ...]] = {
    "0-2": COMPANIES,
    "0-3": DEALS,
    "0-5": TICKETS,
    "0-19": parse("feedback_submission_information", """
        hs_survey_name                  string/text            product                   99
        hs_value                        number/number          int:0..10                 99
        hs_content                      string/textarea        paragraph                 60
        hs_sentiment                    enumeration/select     enum:PASSIVE,PROMOTER     90
        hs_submission_timestamp         datetime/date          iso                       99
    """),
    "0-54": parse("marketing_event", """
        hs_event_name                   string/text            product                   99
        hs_event_type                   string/text            enum:WEBINAR,FAIR         90
        hs_event_organizer              string/text            company                   99
        hs_start_datetime               datetime/date          iso                       90
        hs_event_cancelled              bool/booleancheckbox   bool                      50
        hs_attendees                    number/number          int:0..400                90
    """),
    "0-74": parse("goal_targets", """
        hs_goal_name                    string/text            sentence                  99
        hs_target_amount                number/number          decimal:1000..90000       99
        hs_start_datetime               datetime/date          epoch                     99
        hs_end_datetime                 datetime/date          epoch                     99
        hs_kpi_progress                 number/calculation_equation decimal:0..90        90 calculated
        quota_note                      string/text            sentence                  80 custom unclassified
    """),
    "0-115": parse("users", """
        hs_given_name                   string/text            first                     99
        hs_family_name                  string/text            last                      99
        hs_email                        string/text            mail                      99
        hs_internal_user_id             number/number          user                      99
        hs_job_title                    string/text            title                     60
        hs_working_hours                string/text            json                      40
    """),
    "0-136": parse("lead_information", """
        hs_lead_name                    string/text            company                   99
        hs_lead_type                    enumeration/select     enum:NEW_BUSINESS,UPSELL  80
        hs_lead_label                   enumeration/select     enum:HOT,WARM,COLD        60 tracked
        hs_pipeline                     enumeration/select     enum:lead-pipeline-id     99
        hs_pipeline_stage               enumeration/radio      enum:new-stage-id,qualified-stage-id 99 tracked
        hs_lead_is_open                 bool/calculation_equation bool                   99 calculated
    """),
    "0-162": parse("services", """
        hs_name                         string/text            product                   99
        hs_pipeline                     enumeration/select     enum:0e9b4a4c-1c3b-4a1f-8a3f-64c3a5a3c0f2 99
        hs_pipeline_stage               enumeration/radio      enum:1,2,3                99 tracked
        hs_amount_paid                  number/number          decimal:1..9000           60
    """),
    "0-410": parse("courses", """
        hs_pipeline                     enumeration/select     enum:default              99
        hs_pipeline_stage               enumeration/radio      enum:1,2,3                99 tracked
        hs_course_name                  string/text            product                   99
        hs_course_description           string/textarea        paragraph                 80
        hs_price                        number/number          decimal:1..900            80
    """),
    "0-420": parse("listings", """
        hs_pipeline                     enumeration/select     enum:7b3c1d20             99
        hs_pipeline_stage               enumeration/radio      enum:1,2,3                99 tracked
        hs_name                         string/text            address                   99
        hs_price                        number/number          int:90000..2000000        99 tracked
        hs_bedrooms                     number/number          int:1..9                  90
        hs_listing_type                 enumeration/select     many:house,condo,land     90
        hs_year_built                   number/number          int:1850..2025            60
    """),
    "0-421": parse("appointments", """
        hs_pipeline                     enumeration/select     enum:128a5a1e-0a4b-4c50-8b9b-4a1b0d0f7a55 99
        hs_pipeline_stage               enumeration/radio      enum:1,2                  99 tracked
        hs_appointment_name             string/text            sentence                  99
        hs_appointment_start            datetime/date          iso_seconds               99
        hs_duration                     number/number          int:15..90                90
    """),
    # As many names as a URL cannot hold: they have to be asked for in the body of a batch read.
    "0-970": parse("projects", "\n".join(
        f"hs_measured_value_of_milestone_{number:04d} number/number int:0..9000 {4 if number > 20 else 60}"
        for number in range(1_480)
    )) + parse("projects", "hs_name string/text sentence 99"),
    "0-971": parse("contracts", """
        hs_contract_title               string/text            sentence                  99
        hs_signed_date                  date/date              day                       60
        hs_total_value                  number/number          decimal:1..90000          70
    """),
}  # fmt: skip
